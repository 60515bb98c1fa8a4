package dev.volute.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.volute.data.Batch;
import dev.volute.data.DataFormatException;
import dev.volute.data.Source;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SunspotSeriesTest {

  @Test
  void theEmbeddedSeriesRunsTo2008() {
    SunspotSeries series = SunspotSeries.read(ExampleData.sunspots(), 24, 59);
    assertEquals(1950, series.firstHeldOutYear());
    assertEquals(2008, series.lastYear());
    assertEquals(309 - 59 - 24, series.train().size());
    assertEquals(59, series.heldOut().size());
  }

  @Test
  void heldOutYearsAreNoTargetsInTrainingAndDoNotScale() {
    // The training years 2, 4, 2, 4 have mean 3 and standard deviation 1.
    SunspotSeries series = SunspotSeries.read(table("1,2\n2,4\n3,2\n4,4\n5,103\n6,-97\n"), 2, 2);
    assertEquals(1, series.scale());
    Batch train = series.train().batch(0, 1);
    assertEquals(2, series.train().size());
    assertArrayEquals(new float[] {-1, 1, 1, -1}, train.inputs().floats());
    assertArrayEquals(new float[] {-1, 1}, train.targets().floats());
    Batch heldOut = series.heldOut().batch(0, 1);
    assertEquals(2, series.heldOut().size());
    assertArrayEquals(new float[] {-1, 1, 1, 100}, heldOut.inputs().floats());
    assertArrayEquals(new float[] {100, -100}, heldOut.targets().floats());
    assertEquals(5, series.firstHeldOutYear());
    assertEquals(6, series.lastYear());
  }

  @Test
  void persistenceForecastsTheYearBefore() {
    SunspotSeries series = SunspotSeries.read(table("1,2\n2,4\n3,2\n4,4\n5,7\n6,3\n"), 2, 2);
    assertEquals(Math.sqrt((3 * 3 + 4 * 4) / 2.0), series.persistenceError(), 1e-12);
  }

  @Test
  void tablesThatAreNoSeries() {
    assertEquals(
        "years.csv: year 4 follows year 2; a yearly series has no gaps",
        messageOf("1,2\n2,4\n4,2\n5,3\n", 1, 1));
    assertEquals(
        "years.csv: holds 3 years; windows of 1 years with 2 years held out take at least 4",
        messageOf("1,2\n2,4\n3,2\n", 1, 2));
    assertEquals(
        "years.csv: all the values are the same; nothing to learn",
        messageOf("1,2\n2,2\n3,2\n", 1, 1));
  }

  private static String messageOf(String rows, int window, int heldOut) {
    Source table = table(rows);
    return assertThrows(DataFormatException.class, () -> SunspotSeries.read(table, window, heldOut))
        .getMessage();
  }

  private static Source table(String rows) {
    byte[] bytes = ("YEAR,SUNACTIVITY\n" + rows).getBytes(StandardCharsets.UTF_8);
    return Source.of("years.csv", () -> new ByteArrayInputStream(bytes));
  }
}
