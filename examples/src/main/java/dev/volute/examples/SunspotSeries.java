package dev.volute.examples;

import dev.volute.data.Csv;
import dev.volute.data.DataFormatException;
import dev.volute.data.Dataset;
import dev.volute.data.Source;
import dev.volute.data.Windows;
import java.util.Arrays;

/**
 * A yearly series cut into windows that forecast the next year. The last years are held out: they
 * are never a target in training, nor do they count in the scaling.
 *
 * @param train windows of the scaled series whose target is in the training years
 * @param heldOut windows whose target is in the held-out years, and whose inputs may reach back
 * @param firstHeldOutYear the first year that is held out
 * @param lastYear the last year of all
 * @param scale what one unit of the scaled series is worth: the standard deviation of the training
 *     years
 * @param persistenceError root mean square error, on the held-out years and unscaled, of the
 *     forecast that next year will be as this year
 */
record SunspotSeries(
    Dataset train,
    Dataset heldOut,
    int firstHeldOutYear,
    int lastYear,
    double scale,
    double persistenceError) {

  /**
   * @param window length of the windows in years
   * @param heldOut number of years held out
   * @throws DataFormatException if the table is damaged, its years do not follow one another, or
   *     there are too few
   */
  static SunspotSeries read(Source table, int window, int heldOut) {
    double[] years = Csv.column(table, "YEAR");
    double[] values = Csv.column(table, "SUNACTIVITY");
    for (int i = 1; i < years.length; i++) {
      if (years[i] != years[i - 1] + 1) {
        throw new DataFormatException(
            table.name(),
            "year %.0f follows year %.0f; a yearly series has no gaps"
                .formatted(years[i], years[i - 1]));
      }
    }
    int trained = values.length - heldOut;
    if (trained < 2 * window) {
      throw new DataFormatException(
          table.name(),
          "holds %d years; windows of %d years with %d years held out take at least %d"
              .formatted(values.length, window, heldOut, 2 * window + heldOut));
    }
    double mean = Arrays.stream(values, 0, trained).average().orElseThrow();
    double variance =
        Arrays.stream(values, 0, trained).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
    double scale = Math.sqrt(variance);
    if (scale == 0) {
      throw new DataFormatException(table.name(), "all the values are the same; nothing to learn");
    }
    float[] scaled = new float[values.length];
    double persistence = 0;
    for (int i = 0; i < values.length; i++) {
      scaled[i] = (float) ((values[i] - mean) / scale);
      if (i >= trained) {
        persistence += (values[i] - values[i - 1]) * (values[i] - values[i - 1]);
      }
    }
    Dataset.Split split = Windows.nextValue(scaled, window).split(trained - window);
    return new SunspotSeries(
        split.first(),
        split.second(),
        (int) years[trained],
        (int) years[years.length - 1],
        scale,
        Math.sqrt(persistence / heldOut));
  }
}
