package dev.volute.bench;

import dev.volute.VoluteException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Timings of other systems, read from a file of lines like {@link Timing#line}. */
record PeerTable(List<Timing> timings) {
  private static final int COLUMNS = 6;

  static final String HEADER = "backend\tworkload\tthreads\tpeer\tmedian ratio\tmin ratio";

  /**
   * @throws VoluteException if the file cannot be read, or a line is not one; the message gives its
   *     number
   */
  static PeerTable read(Path file) {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      throw new VoluteException(file + " cannot be read: " + e, e);
    }
    List<Timing> timings = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).isBlank() && !lines.get(i).startsWith("backend\t")) {
        timings.add(parse(file, i + 1, lines.get(i)));
      }
    }
    return new PeerTable(List.copyOf(timings));
  }

  private static Timing parse(Path file, int number, String line) {
    String[] fields = line.split("\t");
    try {
      if (fields.length == COLUMNS) {
        // A tilde marks a figure that was taken beside a busy program.
        return new Timing(
            fields[0],
            fields[1],
            Integer.parseInt(fields[2]),
            Double.parseDouble(fields[4].replace("~", "")),
            Double.parseDouble(fields[5]));
      }
    } catch (NumberFormatException e) {
      throw new VoluteException(file + ", line " + number + ": not a number: " + e.getMessage(), e);
    }
    throw new VoluteException(
        "%s, line %d: %d columns with tabs between, not the %d of: peer workload threads metric median min"
            .formatted(file, number, fields.length, COLUMNS));
  }

  /** Lines under {@link #HEADER}: each peer's time of the same work divided by ours. */
  List<String> against(Timing ours) {
    return timings.stream()
        .filter(ours::isOfTheSameWorkAs)
        .map(
            peer ->
                String.format(
                    Locale.ROOT,
                    "%s\t%s\t%d\t%s\t%.2f\t%.2f",
                    ours.runner(),
                    ours.workload(),
                    ours.threads(),
                    peer.runner(),
                    peer.median() / ours.median(),
                    peer.least() / ours.least()))
        .toList();
  }
}
