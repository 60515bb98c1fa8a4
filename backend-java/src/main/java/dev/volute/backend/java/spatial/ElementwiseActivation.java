package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Shares;
import dev.volute.backend.java.parallel.Workers;
import dev.volute.backend.java.simd.FloatMap;
import dev.volute.spi.Kernel;
import dev.volute.tensor.Shape;

/** Applies an activation to a finished result in place, in whatever format it lies. */
final class ElementwiseActivation {
  private ElementwiseActivation() {}

  static Kernel of(FloatMap map, Floats result, Shape shape, Workers workers) {
    int items = shape.dim(0) * shape.dim(2);
    int length = shape.dim(1) * shape.dim(3);
    float[] y = result.array();
    return Shares.kernel(
        workers,
        items,
        length,
        (first, end) -> {
          int at = result.offset() + first * length;
          map.run((end - first) * length, y, at, y, at, y, at);
        });
  }
}
