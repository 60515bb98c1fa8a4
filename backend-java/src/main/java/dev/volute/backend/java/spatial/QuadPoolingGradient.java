package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Ints;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.parallel.Workers;
import dev.volute.backend.java.simd.QuadFolds;
import dev.volute.spi.Kernel;

/** The gradient of {@link QuadPooling}: each cell gets its window's or none. */
final class QuadPoolingGradient implements Kernel {
  private final PoolShape shape;
  private final Ints places;
  private final Floats gradient;
  private final Floats result;
  private final Workers workers;
  private final QuadFolds folds;
  private final Workers.Part part = this::part;

  QuadPoolingGradient(
      PoolShape shape, Ints places, Floats gradient, Floats result, Machine machine) {
    this.shape = shape;
    this.places = places;
    this.gradient = gradient;
    this.result = result;
    workers = machine.workers();
    folds = machine.simd().quadFolds();
  }

  @Override
  public void run() {
    workers.run(shape.parts(), part);
  }

  private void part(int part) {
    int first = shape.firstPlane(part) * shape.outPlane();
    int rows = (shape.firstPlane(part + 1) - shape.firstPlane(part)) * shape.outHeight();
    folds.spread(
        rows,
        shape.outWidth(),
        places.array(),
        places.offset() + first,
        gradient.array(),
        gradient.offset() + first,
        result.array(),
        result.offset() + 4 * first);
  }
}
