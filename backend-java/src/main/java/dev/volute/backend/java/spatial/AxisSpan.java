package dev.volute.backend.java.spatial;

import java.util.ArrayList;
import java.util.List;

/**
 * Neighbouring windows along an axis that have the same cells inside the image.
 *
 * @param first the first window
 * @param end the window behind the last
 * @param from the first cell inside
 * @param to the cell behind the last inside
 */
record AxisSpan(int first, int end, int from, int to) {
  /** All windows of an axis, in order. */
  static List<AxisSpan> all(ConvolutionShape convolution, int axis) {
    List<AxisSpan> spans = new ArrayList<>();
    for (int window = 0; window < convolution.output().dim(axis + 2); window++) {
      AxisSpan next = of(convolution, axis, window);
      int last = spans.size() - 1;
      if (last >= 0 && spans.get(last).isLike(next)) {
        next = new AxisSpan(spans.get(last).first, next.end, next.from, next.to);
        spans.remove(last);
      }
      spans.add(next);
    }
    return spans;
  }

  private static AxisSpan of(ConvolutionShape convolution, int axis, int window) {
    int start = window * convolution.stride(axis) - convolution.padBefore(axis);
    int step = convolution.dilation(axis);
    int kernel = convolution.kernel(axis);
    int from = 0;
    while (from < kernel && start + from * step < 0) {
      from++;
    }
    int to = kernel;
    while (to > from && start + (to - 1) * step >= convolution.image().dim(axis + 2)) {
      to--;
    }
    return new AxisSpan(window, window + 1, from, to);
  }

  private boolean isLike(AxisSpan other) {
    return from == other.from && to == other.to;
  }
}
