package dev.volute.backend.natives;

import dev.volute.tensor.Shape;
import dev.volute.tensor.View;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Some axes of views that are walked together: neighbours that lie behind one another in every view
 * are one, and axes of length 1 are gone.
 *
 * @param lengths outermost first
 * @param strides for each view, the strides over these axes
 */
record StridedAxes(long[] lengths, long[][] strides) {

  /** All axes, in an order that makes the first view's smallest stride the innermost. */
  static StridedAxes anyOrder(View... views) {
    Shape shape = views[0].shape();
    View first = views[0];
    List<Integer> order =
        IntStream.range(0, shape.rank())
            .boxed()
            .sorted(Comparator.comparing((Integer axis) -> -Math.abs(first.stride(axis))))
            .toList();
    return merged(shape, order, strides(views)).atLeastOne();
  }

  /** All axes in row-major order. */
  static StridedAxes rowMajor(View... views) {
    Shape shape = views[0].shape();
    return merged(shape, IntStream.range(0, shape.rank()).boxed().toList(), strides(views))
        .atLeastOne();
  }

  static long[][] strides(View... views) {
    return Arrays.stream(views).map(View::strides).toArray(long[][]::new);
  }

  /** Some axes of a shape, walked in the given order. */
  static StridedAxes merged(Shape shape, List<Integer> order, long[][] strides) {
    List<Long> lengths = new ArrayList<>();
    List<long[]> steps = new ArrayList<>();
    for (int axis : order) {
      long length = shape.dim(axis);
      if (length == 1) {
        continue;
      }
      long[] step = Arrays.stream(strides).mapToLong(each -> each[axis]).toArray();
      int last = lengths.size() - 1;
      if (last >= 0 && behind(steps.get(last), step, length)) {
        lengths.set(last, lengths.get(last) * length);
        steps.set(last, step);
      } else {
        lengths.add(length);
        steps.add(step);
      }
    }
    long[][] result = new long[strides.length][lengths.size()];
    for (int view = 0; view < strides.length; view++) {
      for (int axis = 0; axis < lengths.size(); axis++) {
        result[view][axis] = steps.get(axis)[view];
      }
    }
    return new StridedAxes(lengths.stream().mapToLong(Long::longValue).toArray(), result);
  }

  private static boolean behind(long[] outer, long[] inner, long length) {
    return IntStream.range(0, outer.length).allMatch(view -> outer[view] == inner[view] * length);
  }

  /** The same with one axis of length 1 if there was none. */
  StridedAxes atLeastOne() {
    if (lengths.length > 0) {
      return this;
    }
    long[][] ones = new long[strides.length][];
    Arrays.fill(ones, new long[] {1});
    return new StridedAxes(new long[] {1}, ones);
  }

  int rank() {
    return lengths.length;
  }

  /** The longest axis, which threads share. */
  int longest() {
    return IntStream.range(0, rank())
        .boxed()
        .max(Comparator.comparingLong(axis -> lengths[axis]))
        .orElse(0);
  }

  /** Lengths, then each view's strides. */
  void write(RecordWriter writer) {
    writer.add(lengths);
    for (long[] each : strides) {
      writer.add(each);
    }
  }
}
