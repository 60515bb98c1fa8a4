package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Shares;
import dev.volute.backend.java.parallel.Workers;
import dev.volute.backend.java.simd.FloatMap;
import dev.volute.spi.Kernel;

/** Applies an activation to a finished result in place, in whatever format it lies. */
final class ElementwiseActivation {
  private ElementwiseActivation() {}

  /**
   * @param items in which the result may be divided
   * @param length elements of an item
   */
  static Kernel of(FloatMap map, Floats result, int items, int length, Workers workers) {
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
