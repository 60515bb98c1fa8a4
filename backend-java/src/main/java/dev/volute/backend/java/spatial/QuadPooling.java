package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Ints;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.parallel.Workers;
import dev.volute.backend.java.simd.QuadFolds;
import dev.volute.spi.Kernel;
import java.util.Optional;

/**
 * The largest value of each window of two by two cells that divide their planes among them. As no
 * row is left over, the planes are one image. Uses slot 0 of the workspace, or 0 and 1 of its ints.
 */
final class QuadPooling implements Kernel {
  /** Cells that are pooled at a time: what becomes of them stays in the first cache. */
  private static final int CELLS = 4096;

  private final PoolShape shape;
  private final Floats image;
  private final Floats result;
  private final Optional<Ints> places;
  private final Workers workers;
  private final QuadFolds folds;
  private final Workers.Part part = this::part;

  QuadPooling(
      PoolShape shape, Floats image, Floats result, Optional<Ints> places, Machine machine) {
    this.shape = shape;
    this.image = image;
    this.result = result;
    this.places = places;
    workers = machine.workers();
    folds = machine.simd().quadFolds();
  }

  @Override
  public void run() {
    workers.run(shape.parts(), part);
  }

  private void part(int part) {
    int width = shape.outWidth();
    int most = Math.max(1, CELLS / (4 * width));
    int end = shape.firstPlane(part + 1) * shape.outHeight();
    for (int row = shape.firstPlane(part) * shape.outHeight(); row < end; row += most) {
      rows(row, Math.min(most, end - row), 2 * most * width + folds.overrun());
    }
  }

  private void rows(int row, int rows, int scratch) {
    int width = shape.outWidth();
    int from = image.offset() + 4 * row * width;
    int to = row * width;
    float[] y = result.array();
    int yAt = result.offset() + to;
    if (places.isPresent()) {
      int[] at = places.get().array();
      int atAt = places.get().offset() + to;
      int[] best = workers.workspace().ints(0, scratch);
      int[] cells = workers.workspace().ints(1, scratch);
      folds.firstMaxima(rows, width, image.array(), from, best, cells, y, yAt, at, atAt);
    } else {
      float[] columns = workers.workspace().floats(0, scratch);
      folds.maxima(rows, width, image.array(), from, columns, y, yAt);
    }
  }
}
