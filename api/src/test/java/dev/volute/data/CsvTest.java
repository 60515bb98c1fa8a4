package dev.volute.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tables and other text. */
class CsvTest {

  @Test
  void readsTheNumbersOfAColumn() {
    Source table = source("\"YEAR\",\"SPOTS\"\n1700,5\n1701,\"11.5\"\r\n\n1702, -1e2\n");
    assertArrayEquals(new double[] {5, 11.5, -100}, Csv.column(table, "SPOTS"));
    assertArrayEquals(new double[] {1700, 1701, 1702}, Csv.column(table, "YEAR"));
  }

  @Test
  void quotedFieldsMayHoldCommasAndQuotes() {
    Source table = source("name,\"a \"\"b\"\", c\"\n\"x, y\",3\n");
    assertArrayEquals(new double[] {3}, Csv.column(table, "a \"b\", c"));
  }

  @Test
  void errorsNameTheLine() {
    assertEquals("table.csv: line 1: no column \"z\" among [x, y]", messageOf("x,y\n1,2\n", "z"));
    assertEquals(
        "table.csv: line 3: \"none\" in column y is not a number",
        messageOf("x,y\n1,2\n1,none\n", "y"));
    assertEquals(
        "table.csv: line 2: \"\" in column y is not a number", messageOf("x,y\n1,\n", "y"));
    assertEquals(
        "table.csv: line 2: \"NaN\" in column y is not finite", messageOf("x,y\n1,NaN\n", "y"));
    assertEquals(
        "table.csv: line 4: 3 fields; expected 2 as in line 1",
        messageOf("x,y\n1,2\n\n1,2,3\n", "y"));
    assertEquals("table.csv: line 2: a quoted field does not end", messageOf("x,y\n1,\"2\n", "y"));
    assertEquals("table.csv: no line of data after the column names", messageOf("x,y\n", "y"));
    assertEquals("table.csv: empty; expected a first line of column names", messageOf("", "y"));
  }

  @Test
  void textIsUtf8WithOrWithoutAByteOrderMark() {
    assertEquals("\u00E9\n", source("\uFEFF\u00E9\n").text());
    assertEquals(List.of("a", "b"), source("a\nb\n").lines());
    byte[] latin = {'a', 'b', (byte) 0xE9, 'c'};
    Source source = Source.of("latin.txt", () -> new ByteArrayInputStream(latin));
    DataFormatException error = assertThrows(DataFormatException.class, source::text);
    assertEquals("latin.txt: byte 0xe9 at offset 2 is not UTF-8 text", error.getMessage());
  }

  @Test
  void textCutInsideACharacter() {
    byte[] cut = {'a', (byte) 0xC3};
    Source source = Source.of("cut.txt", () -> new ByteArrayInputStream(cut));
    DataFormatException error = assertThrows(DataFormatException.class, source::text);
    assertEquals("cut.txt: byte 0xc3 at offset 1 is not UTF-8 text", error.getMessage());
  }

  private static String messageOf(String content, String column) {
    Source table = source(content);
    return assertThrows(DataFormatException.class, () -> Csv.column(table, column)).getMessage();
  }

  private static Source source(String content) {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    return Source.of("table.csv", () -> new ByteArrayInputStream(bytes));
  }
}
