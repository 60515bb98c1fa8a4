package dev.volute.conformance.op;

import dev.volute.tensor.MemoryFormat;
import dev.volute.tensor.Shape;
import dev.volute.tensor.View;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;

/** How the elements of an operand lie in its memory. */
public enum Layout {
  /** Row-major without gaps. */
  DENSE,
  /** Row-major with gaps between rows. */
  ROWS,
  /** Gaps, axes in any order and direction; every element has a place of its own. */
  SCATTERED,
  /** As scattered, and some axes repeat the same elements. */
  BROADCAST,
  /** Sliding windows: elements share places. */
  OVERLAPPING,
  /** Without gaps, the channels of each place side by side; for composites that take it so. */
  CHANNELS_LAST;

  /** Layouts that a primitive's input may have. */
  static final List<Layout> ANY = List.of(DENSE, ROWS, SCATTERED, BROADCAST, OVERLAPPING);

  /** Layouts that give every element a place of its own. */
  static final List<Layout> INJECTIVE = List.of(DENSE, ROWS, SCATTERED);

  /** What a call says of it. */
  MemoryFormat format() {
    return this == CHANNELS_LAST ? MemoryFormat.CHANNELS_LAST : MemoryFormat.ROW_MAJOR;
  }

  /** A view that starts at 0 or behind it. */
  View view(Shape shape, SplittableRandom random) {
    if (this == CHANNELS_LAST) {
      return format().view(shape, 0);
    }
    int rank = shape.rank();
    long[] strides = new long[rank];
    switch (this) {
      case DENSE -> strides = shape.denseStrides();
      case ROWS -> gaps(shape, strides, 0, random);
      case SCATTERED -> gaps(shape, strides, 2, random);
      case BROADCAST -> {
        gaps(shape, strides, 2, random);
        for (int axis = 0; axis < rank; axis++) {
          strides[axis] = random.nextBoolean() ? 0 : strides[axis];
        }
      }
      case OVERLAPPING -> {
        for (int axis = 0; axis < rank; axis++) {
          strides[axis] = random.nextInt(1, 3);
        }
      }
      case CHANNELS_LAST -> throw new IllegalStateException("Not a view with gaps");
    }
    boolean turned = this == SCATTERED || this == BROADCAST;
    long offset = 0;
    for (int axis = 0; axis < rank; axis++) {
      if (turned && random.nextInt(3) == 0) {
        strides[axis] = -strides[axis];
        offset -= strides[axis] * Math.max(0, shape.dim(axis) - 1);
      }
    }
    return View.of(shape, offset, strides);
  }

  private void gaps(Shape shape, long[] strides, int step, SplittableRandom random) {
    List<Integer> order = new ArrayList<>();
    for (int axis = shape.rank() - 1; axis >= 0; axis--) {
      order.add(axis);
    }
    if (this != ROWS) {
      Collections.shuffle(order, new Random(random.nextLong()));
    }
    long stride = step == 0 ? 1 : random.nextInt(1, 1 + step);
    for (int axis : order) {
      strides[axis] = stride;
      stride = stride * Math.max(1, shape.dim(axis)) + random.nextInt(3);
    }
  }
}
