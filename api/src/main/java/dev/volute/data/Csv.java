package dev.volute.data;

import java.util.ArrayList;
import java.util.List;

/**
 * Tables as comma-separated values: the first line names the columns, fields may stand in double
 * quotes (a doubled quote inside stands for one), and every record is one line. Errors name the
 * line.
 */
public final class Csv {
  private Csv() {}

  /**
   * The numbers of one column, top to bottom.
   *
   * @param column the column's name in the first line
   * @throws DataFormatException if the source is missing or damaged, has no such column, a line
   *     with another number of fields than the first, a field that is not a finite number, or no
   *     line of data
   */
  public static double[] column(Source source, String column) {
    List<String> lines = source.lines();
    if (lines.isEmpty()) {
      throw new DataFormatException(source.name(), "empty; expected a first line of column names");
    }
    List<String> names = fields(source, lines.get(0), 1);
    int index = names.indexOf(column);
    if (index < 0) {
      throw new DataFormatException(
          source.name(), "line 1: no column \"" + column + "\" among " + names);
    }
    List<Double> values = new ArrayList<>();
    for (int i = 1; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.isBlank()) {
        continue;
      }
      List<String> fields = fields(source, line, i + 1);
      if (fields.size() != names.size()) {
        throw new DataFormatException(
            source.name(),
            "line %d: %d fields; expected %d as in line 1"
                .formatted(i + 1, fields.size(), names.size()));
      }
      values.add(number(source, fields.get(index), column, i + 1));
    }
    if (values.isEmpty()) {
      throw new DataFormatException(source.name(), "no line of data after the column names");
    }
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static double number(Source source, String field, String column, int line) {
    double value;
    try {
      value = Double.parseDouble(field.strip());
    } catch (NumberFormatException notANumber) {
      throw new DataFormatException(
          source.name(),
          "line %d: \"%s\" in column %s is not a number".formatted(line, field, column),
          notANumber);
    }
    if (!Double.isFinite(value)) {
      throw new DataFormatException(
          source.name(),
          "line %d: \"%s\" in column %s is not finite".formatted(line, field, column));
    }
    return value;
  }

  private static List<String> fields(Source source, String line, int lineNumber) {
    List<String> fields = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '"' && quoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
        field.append(c);
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        fields.add(field.toString());
        field.setLength(0);
      } else {
        field.append(c);
      }
    }
    if (quoted) {
      throw new DataFormatException(
          source.name(), "line " + lineNumber + ": a quoted field does not end");
    }
    fields.add(field.toString());
    return fields;
  }
}
