package dev.volute.backend.java.primitive;

import dev.volute.tensor.View;
import java.util.Comparator;
import java.util.stream.IntStream;

/** Whether elements of a view share a place. */
final class Overlaps {
  private Overlaps() {}

  /**
   * True if each axis strides over all that the axes with smaller strides span. Views made of dense
   * ones by cutting, turning and permuting are so.
   */
  static boolean none(View view) {
    int[] order =
        IntStream.range(0, view.shape().rank())
            .filter(axis -> view.shape().dim(axis) > 1)
            .boxed()
            .sorted(Comparator.comparingLong(axis -> Math.abs(view.stride(axis))))
            .mapToInt(Integer::intValue)
            .toArray();
    long span = 1;
    for (int axis : order) {
      long stride = Math.abs(view.stride(axis));
      if (stride < span) {
        return false;
      }
      span += stride * (view.shape().dim(axis) - 1);
    }
    return true;
  }
}
