package dev.volute.backend.java.dense;

import dev.volute.tensor.View;
import java.util.Optional;

/**
 * The matrices of a view whose last two axes are rows and columns: row-major with any distance of
 * rows, or the same transposed.
 *
 * @param offsets where each matrix begins
 * @param step distance of the rows as they lie
 */
record Matrices(int rows, int columns, boolean transposed, int step, int[] offsets) {

  /** The view's matrices; empty if neither rows nor columns have their elements side by side. */
  static Optional<Matrices> of(View view) {
    int rank = view.shape().rank();
    int rows = view.shape().dim(-2);
    int columns = view.shape().dim(-1);
    int[] offsets = offsets(view, rank - 2);
    if (offsets.length == 0 || rows == 0 || columns == 0) {
      return Optional.of(new Matrices(rows, columns, false, columns, offsets));
    }
    long down = rows == 1 ? columns : view.stride(-2);
    long across = columns == 1 ? rows : view.stride(-1);
    if ((across == 1 || columns == 1) && down >= 0) {
      return Optional.of(new Matrices(rows, columns, false, Math.toIntExact(down), offsets));
    }
    if ((down == 1 || rows == 1) && across >= 0) {
      return Optional.of(new Matrices(rows, columns, true, Math.toIntExact(across), offsets));
    }
    return Optional.empty();
  }

  private static int[] offsets(View view, int axes) {
    int count = 1;
    for (int axis = 0; axis < axes; axis++) {
      count = Math.multiplyExact(count, view.shape().dim(axis));
    }
    int[] offsets = new int[count];
    for (int i = 0; i < count; i++) {
      long offset = view.offset();
      for (int axis = axes - 1, rest = i; axis >= 0; axis--) {
        offset += rest % view.shape().dim(axis) * view.stride(axis);
        rest /= view.shape().dim(axis);
      }
      offsets[i] = Math.toIntExact(offset);
    }
    return offsets;
  }

  int count() {
    return offsets.length;
  }

  int offset(int index) {
    return offsets[index];
  }

  /** The transposes of the matrices. */
  Matrices flipped() {
    return new Matrices(columns, rows, !transposed, step, offsets);
  }
}
