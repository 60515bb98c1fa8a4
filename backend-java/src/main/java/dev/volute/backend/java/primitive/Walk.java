package dev.volute.backend.java.primitive;

import dev.volute.backend.java.kernel.Shares;
import dev.volute.tensor.Shape;
import dev.volute.tensor.View;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Up to four views of one shape that are walked together, as planes of rows of columns: neighbours
 * among the axes that lie behind one another in every view are one, and axes of length 1 are gone.
 */
final class Walk {
  /** What is done with a piece of a plane, given where its first element is in each view. */
  @FunctionalInterface
  interface Block {
    void run(int rows, int columns, int at0, int at1, int at2, int at3);
  }

  private static final int MAXIMUM_VIEWS = 4;

  /** Rows are cut into pieces of this many columns at least. */
  private static final int NARROWEST = 64;

  private final int[] lengths;
  private final int[][] strides;
  private final int[] offsets;
  private final int planes;
  private final int rows;
  private final int columns;
  private final int parts;

  private Walk(Shape shape, List<Integer> order, View... views) {
    List<Integer> merged = new ArrayList<>();
    List<int[]> steps = new ArrayList<>();
    for (int axis : order) {
      int length = shape.dim(axis);
      if (length == 1) {
        continue;
      }
      int[] step = Arrays.stream(views).mapToInt(view -> stride(view, axis)).toArray();
      int last = merged.size() - 1;
      if (last >= 0 && behind(steps.get(last), step, length)) {
        merged.set(last, merged.get(last) * length);
        steps.set(last, step);
      } else {
        merged.add(length);
        steps.add(step);
      }
    }
    while (merged.size() < 2) {
      merged.add(0, 1);
      steps.add(0, new int[views.length]);
    }
    int rank = merged.size();
    lengths = merged.stream().mapToInt(Integer::intValue).toArray();
    strides = new int[MAXIMUM_VIEWS][rank];
    offsets = new int[MAXIMUM_VIEWS];
    for (int view = 0; view < views.length; view++) {
      offsets[view] = Math.toIntExact(views[view].offset());
      for (int axis = 0; axis < rank; axis++) {
        strides[view][axis] = steps.get(axis)[view];
      }
    }
    planes = IntStream.range(0, rank - 2).map(axis -> lengths[axis]).reduce(1, (a, b) -> a * b);
    rows = lengths[rank - 2];
    columns = lengths[rank - 1];
    parts = parts(1);
  }

  private Walk(Walk walk, int parts) {
    lengths = walk.lengths;
    strides = walk.strides;
    offsets = walk.offsets;
    planes = walk.planes;
    rows = walk.rows;
    columns = walk.columns;
    this.parts = parts;
  }

  /** The same walk where each element is the work of so many. */
  Walk times(long work) {
    return new Walk(this, parts(work));
  }

  private int parts(long work) {
    long lines = (long) planes * rows;
    return Shares.parts(lines * columns * work, Math.max(lines, columns / NARROWEST));
  }

  private static int stride(View view, int axis) {
    return Math.toIntExact(view.stride(axis));
  }

  private static boolean behind(int[] outer, int[] inner, int length) {
    return IntStream.range(0, outer.length)
        .allMatch(view -> outer[view] == (long) inner[view] * length);
  }

  /** All axes, in an order that makes the first view's smallest stride the innermost. */
  static Walk anyOrder(View... views) {
    View first = views[0];
    List<Integer> order =
        IntStream.range(0, first.shape().rank())
            .boxed()
            .sorted(Comparator.comparing((Integer axis) -> -Math.abs(first.stride(axis))))
            .toList();
    return new Walk(first.shape(), order, views);
  }

  /** All axes in row-major order. */
  static Walk rowMajor(View... views) {
    Shape shape = views[0].shape();
    return new Walk(shape, IntStream.range(0, shape.rank()).boxed().toList(), views);
  }

  int planes() {
    return planes;
  }

  int rows() {
    return rows;
  }

  int columns() {
    return columns;
  }

  int columnStride(int view) {
    return strides[view][lengths.length - 1];
  }

  int rowStride(int view) {
    return strides[view][lengths.length - 2];
  }

  /** How many threads' work it is at most; one part after the other walks in order. */
  int parts() {
    return parts;
  }

  /** Walks everything in order. */
  void all(Block block) {
    lines(block, 0, (long) planes * rows, 0, columns);
  }

  void part(int part, Block block) {
    long total = (long) planes * rows;
    if (total >= parts) {
      lines(block, total * part / parts, total * (part + 1) / parts, 0, columns);
    } else {
      int from = (int) ((long) columns * part / parts);
      lines(block, 0, total, from, (int) ((long) columns * (part + 1) / parts));
    }
  }

  /** Where the first element of a plane is in a view. */
  int planeAt(int view, int plane) {
    return at(view, plane, 0, 0);
  }

  private void lines(Block block, long from, long to, int left, int right) {
    if (left == right) {
      return;
    }
    for (long line = from; line < to; ) {
      int plane = (int) (line / rows);
      int row = (int) (line % rows);
      int count = (int) Math.min(rows - row, to - line);
      block.run(
          count,
          right - left,
          at(0, plane, row, left),
          at(1, plane, row, left),
          at(2, plane, row, left),
          at(3, plane, row, left));
      line += count;
    }
  }

  private int at(int view, int plane, int row, int column) {
    int[] stride = strides[view];
    int last = lengths.length - 1;
    int at = offsets[view] + row * stride[last - 1] + column * stride[last];
    int rest = plane;
    for (int axis = last - 2; axis >= 0; axis--) {
      at += rest % lengths[axis] * stride[axis];
      rest /= lengths[axis];
    }
    return at;
  }
}
