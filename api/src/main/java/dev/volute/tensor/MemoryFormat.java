package dev.volute.tensor;

/** In which order the elements of a tensor {@code [batch, channels, spatial...]} lie in memory. */
public enum MemoryFormat {
  /** As the shape says, the last axis running fastest: each channel is a plane of its own. */
  ROW_MAJOR,
  /**
   * {@code [batch, spatial..., channels]} in memory: the channels of each place lie side by side.
   */
  CHANNELS_LAST;

  /**
   * The gapless view in this format that starts at {@code offset}.
   *
   * @throws ShapeException if there are no channels that could come last: of shapes of rank 0 and 1
   */
  public View view(Shape shape, long offset) {
    if (this == ROW_MAJOR) {
      return View.dense(shape, offset);
    }
    if (shape.rank() < 2) {
      throw new ShapeException("Shape " + shape + " has no axis of channels");
    }
    long[] strides = new long[shape.rank()];
    strides[1] = 1;
    long next = shape.dim(1);
    for (int axis = shape.rank() - 1; axis > 1; axis--) {
      strides[axis] = next;
      next *= shape.dim(axis);
    }
    strides[0] = next;
    return View.of(shape, offset, strides);
  }

  /** Whether a view's elements lie gapless in this format. Axes of length 1 may have any stride. */
  public boolean holds(View view) {
    Shape shape = view.shape();
    if (shape.elements() == 0) {
      return true;
    }
    View expected = view(shape, view.offset());
    for (int axis = 0; axis < shape.rank(); axis++) {
      if (shape.dim(axis) > 1 && view.stride(axis) != expected.stride(axis)) {
        return false;
      }
    }
    return true;
  }
}
