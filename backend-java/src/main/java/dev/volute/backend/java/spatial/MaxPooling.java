package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Ints;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.parallel.Workers;
import dev.volute.backend.java.simd.RunCopies;
import dev.volute.backend.java.simd.WindowFolds;
import dev.volute.spi.Kernel;
import java.util.Optional;

/**
 * The largest value of each window. Each plane is laid out, so that the windows of all its rows lie
 * side by side, with a few between the rows that count for nothing. Uses slots 0 and 1 of the
 * workspace, and 0 of its ints.
 */
final class MaxPooling implements Kernel {
  private final PoolShape shape;
  private final PlaneLayout layout;
  private final int[] cells;
  private final int windows;
  private final Floats image;
  private final Floats result;
  private final Optional<Ints> places;
  private final Workers workers;
  private final RunCopies copies;
  private final WindowFolds folds;
  private final Workers.Part part = this::part;

  MaxPooling(PoolShape shape, Floats image, Floats result, Optional<Ints> places, Machine machine) {
    this.shape = shape;
    this.image = image;
    this.result = result;
    this.places = places;
    workers = machine.workers();
    copies = machine.simd().runCopies();
    folds = machine.simd().windowFolds();
    layout = shape.layout(Float.NEGATIVE_INFINITY);
    cells = shape.cells(layout);
    windows = (shape.outHeight() - 1) * layout.columns() + shape.outWidth();
  }

  @Override
  public void run() {
    workers.run(shape.parts(), part);
  }

  private void part(int part) {
    float[] planes = workers.workspace().floats(0, layout.length() + folds.overrun());
    float[] largest = workers.workspace().floats(1, windows + folds.overrun());
    int end = shape.firstPlane(part + 1);
    for (int plane = shape.firstPlane(part); plane < end; plane++) {
      int from = image.offset() + plane * shape.plane();
      layout.fill(1, image.array(), from, planes, 0, copies);
      int to = plane * shape.outPlane();
      if (places.isPresent()) {
        int[] first = workers.workspace().ints(0, windows + folds.overrun());
        folds.firstMaxima(windows, cells, planes, 0, largest, first);
        copyRows(first, places.get().array(), places.get().offset() + to);
      } else {
        folds.maxima(windows, cells, planes, 0, largest);
      }
      copyRows(largest, result.array(), result.offset() + to);
    }
  }

  /** Leaves out what is between the rows. */
  private void copyRows(Object from, Object to, int at) {
    int width = shape.outWidth();
    if (layout.columns() == width) {
      System.arraycopy(from, 0, to, at, windows);
      return;
    }
    for (int i = 0; i < shape.outHeight(); i++) {
      System.arraycopy(from, i * layout.columns(), to, at + i * width, width);
    }
  }
}
