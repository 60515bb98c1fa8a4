package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Shares;
import dev.volute.backend.java.parallel.Workers;
import dev.volute.backend.java.simd.FloatMap;
import dev.volute.spi.Kernel;

/** Applies a function to a finished result in place, in whatever format it lies. */
final class ElementwiseEnd {
  private ElementwiseEnd() {}

  /** An activation. */
  static Kernel of(FloatMap map, Floats result, int items, int length, Workers workers) {
    return of(map, result, result, items, length, workers);
  }

  /**
   * @param map of what lies beside the result, and of that
   * @param items in which the result may be divided
   * @param length elements of an item
   */
  static Kernel of(
      FloatMap map, Floats beside, Floats result, int items, int length, Workers workers) {
    float[] y = result.array();
    return Shares.kernel(
        workers,
        items,
        length,
        (first, end) -> {
          int at = first * length;
          int yAt = result.offset() + at;
          int n = (end - first) * length;
          map.run(n, y, yAt, beside.array(), beside.offset() + at, y, yAt);
        });
  }
}
