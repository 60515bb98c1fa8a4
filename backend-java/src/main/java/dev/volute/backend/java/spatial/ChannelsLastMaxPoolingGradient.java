package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Ints;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.parallel.Workers;
import dev.volute.backend.java.simd.PixelFolds;
import dev.volute.spi.Kernel;
import dev.volute.tensor.MemoryFormat;
import java.util.Arrays;

/**
 * Adds the gradient of each window to the place of its largest value; gradient and result lie
 * channels last, the places in either format. Uses slots 0 to 2 of the workspace's ints.
 */
final class ChannelsLastMaxPoolingGradient implements Kernel {
  private final PixelWindows windows;
  private final PoolShape shape;
  private final Ints places;
  private final MemoryFormat placesFormat;
  private final Floats gradient;
  private final Floats result;
  private final Workers workers;
  private final PixelFolds folds;
  private final Workers.Part part = this::part;

  ChannelsLastMaxPoolingGradient(
      PixelWindows windows,
      Ints places,
      MemoryFormat placesFormat,
      Floats gradient,
      Floats result,
      Machine machine) {
    this.windows = windows;
    shape = windows.shape();
    this.places = places;
    this.placesFormat = placesFormat;
    this.gradient = gradient;
    this.result = result;
    workers = machine.workers();
    folds = machine.simd().pixelFolds();
  }

  /** Windows may overlap, so that a sample is one part. */
  @Override
  public void run() {
    workers.run(windows.samples(), part);
  }

  private void part(int sample) {
    int n = windows.channels();
    int[] cells = workers.workspace().ints(0, shape.cells());
    int[] numbers = workers.workspace().ints(1, shape.cells());
    int first = result.offset() + windows.pixel(sample, 0, 0);
    Arrays.fill(result.array(), first, first + shape.plane() * n, 0f);
    for (int row = 0; row < shape.outHeight(); row++) {
      for (int column = 0; column < shape.outWidth(); column++) {
        int count = windows.inside(sample, row, column, cells, numbers);
        int from = places.offset() + windows.result(sample, row, column, placesFormat);
        int[] at = places.array();
        int atAt = from;
        if (placesFormat == MemoryFormat.ROW_MAJOR) {
          at = workers.workspace().ints(2, n);
          atAt = 0;
          for (int i = 0; i < n; i++) {
            at[i] = places.array()[from + i * shape.outPlane()];
          }
        }
        int g = gradient.offset() + windows.result(sample, row, column, MemoryFormat.CHANNELS_LAST);
        for (int c = 0; c < count; c++) {
          folds.addWhere(
              n,
              numbers[c],
              at,
              atAt,
              gradient.array(),
              g,
              result.array(),
              result.offset() + cells[c]);
        }
      }
    }
  }
}
