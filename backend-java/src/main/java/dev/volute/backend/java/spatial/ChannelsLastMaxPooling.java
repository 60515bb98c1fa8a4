package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Ints;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.parallel.Workers;
import dev.volute.backend.java.simd.PixelFolds;
import dev.volute.spi.Kernel;
import dev.volute.tensor.MemoryFormat;
import java.util.Arrays;
import java.util.Optional;

/**
 * The largest value of each window of an image that lies channels last. Results may lie in either
 * format. Uses slot 0 of the workspace, and slots 0 to 2 of its ints.
 */
final class ChannelsLastMaxPooling implements Kernel {
  private final PixelWindows windows;
  private final PoolShape shape;
  private final Floats image;
  private final Floats result;
  private final MemoryFormat resultFormat;
  private final Optional<Ints> places;
  private final MemoryFormat placesFormat;
  private final Workers workers;
  private final PixelFolds folds;
  private final Workers.Part part = this::part;

  ChannelsLastMaxPooling(
      PixelWindows windows,
      Floats image,
      Floats result,
      MemoryFormat resultFormat,
      Optional<Ints> places,
      MemoryFormat placesFormat,
      Machine machine) {
    this.windows = windows;
    shape = windows.shape();
    this.image = image;
    this.result = result;
    this.resultFormat = resultFormat;
    this.places = places;
    this.placesFormat = placesFormat;
    workers = machine.workers();
    folds = machine.simd().pixelFolds();
  }

  @Override
  public void run() {
    workers.run(windows.samples() * windows.partsOfSample(), part);
  }

  private void part(int part) {
    int sample = part / windows.partsOfSample();
    int inSample = part % windows.partsOfSample();
    int[] cells = workers.workspace().ints(0, shape.cells());
    int[] numbers = workers.workspace().ints(1, shape.cells());
    for (int row = windows.firstRow(inSample); row < windows.firstRow(inSample + 1); row++) {
      for (int column = 0; column < shape.outWidth(); column++) {
        int count = windows.inside(sample, row, column, cells, numbers);
        window(sample, row, column, count, cells, numbers);
      }
    }
  }

  private void window(int sample, int row, int column, int count, int[] cells, int[] numbers) {
    int n = windows.channels();
    boolean last = resultFormat == MemoryFormat.CHANNELS_LAST;
    float[] y = last ? result.array() : workers.workspace().floats(0, n);
    int to = result.offset() + windows.result(sample, row, column, resultFormat);
    int yAt = last ? to : 0;
    if (places.isPresent()) {
      boolean lastPlaces = placesFormat == MemoryFormat.CHANNELS_LAST;
      int[] at = lastPlaces ? places.get().array() : workers.workspace().ints(2, n);
      int toPlaces = places.get().offset() + windows.result(sample, row, column, placesFormat);
      int atAt = lastPlaces ? toPlaces : 0;
      folds.firstMaxima(n, count, cells, numbers, image.array(), image.offset(), y, yAt, at, atAt);
      int step = windows.channelStep(placesFormat);
      for (int i = 0; i < n && !lastPlaces; i++) {
        places.get().array()[toPlaces + i * step] = at[i];
      }
    } else if (count > 0) {
      folds.maxima(n, count, cells, image.array(), image.offset(), y, yAt);
    } else {
      Arrays.fill(y, yAt, yAt + n, Float.NEGATIVE_INFINITY);
    }
    int step = windows.channelStep(resultFormat);
    for (int i = 0; i < n && !last; i++) {
      result.array()[to + i * step] = y[i];
    }
  }
}
