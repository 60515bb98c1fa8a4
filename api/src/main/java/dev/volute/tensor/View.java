package dev.volute.tensor;

import java.util.Arrays;
import java.util.Optional;

/**
 * How a tensor lies in memory: element {@code (i0, i1, ...)} is at {@code offset + i0 * stride0 +
 * i1 * stride1 + ...}, counted in elements. A stride of 0 repeats (broadcasting), a negative one
 * runs backwards, and strides may make elements share a place (sliding windows). Immutable.
 */
public final class View {
  private final Shape shape;
  private final long offset;
  private final long[] strides;

  private View(Shape shape, long offset, long[] strides) {
    this.shape = shape;
    this.offset = offset;
    this.strides = strides;
  }

  /** The dense row-major view that starts at {@code offset}. */
  public static View dense(Shape shape, long offset) {
    return new View(shape, offset, shape.denseStrides());
  }

  public static View of(Shape shape, long offset, long... strides) {
    if (strides.length != shape.rank()) {
      throw new ShapeException(
          "A view of shape "
              + shape
              + " needs "
              + shape.rank()
              + " strides, not "
              + strides.length);
    }
    return new View(shape, offset, strides.clone());
  }

  public Shape shape() {
    return shape;
  }

  public long offset() {
    return offset;
  }

  /** Stride of an axis; negative axes count from the end. */
  public long stride(int axis) {
    return strides[axis < 0 ? axis + strides.length : axis];
  }

  public long[] strides() {
    return strides.clone();
  }

  /** The same arrangement, {@code delta} elements further on. */
  public View shifted(long delta) {
    return new View(shape, offset + delta, strides);
  }

  /** True if the elements lie row-major without gaps. Axes of length 1 may have any stride. */
  public boolean isDense() {
    if (shape.elements() == 0) {
      return true;
    }
    long expected = 1;
    for (int axis = shape.rank() - 1; axis >= 0; axis--) {
      int length = shape.dim(axis);
      if (length > 1 && strides[axis] != expected) {
        return false;
      }
      expected *= length;
    }
    return true;
  }

  /**
   * The same elements in row-major order under another shape, if strides can say so.
   *
   * @param target a shape with as many elements
   */
  public Optional<View> reshaped(Shape target) {
    if (isDense()) {
      return Optional.of(dense(target, offset));
    }
    // Merge the axes that lie behind one another, then split the merged runs into the target's
    // axes.
    long[] newStrides = new long[target.rank()];
    int from = 0;
    int to = 0;
    while (to < target.rank() || from < shape.rank()) {
      int firstFrom = from;
      int firstTo = to;
      long have = from < shape.rank() ? shape.dim(from++) : 1;
      long want = to < target.rank() ? target.dim(to++) : 1;
      while (have != want) {
        if (have < want) {
          have *= shape.dim(from++);
        } else {
          want *= target.dim(to++);
        }
      }
      long stride = 0;
      boolean known = false;
      long span = 1;
      for (int axis = from - 1; axis >= firstFrom; axis--) {
        if (shape.dim(axis) == 1) {
          continue;
        }
        if (!known) {
          stride = strides[axis];
          known = true;
        } else if (strides[axis] != stride * span) {
          return Optional.empty();
        }
        span *= shape.dim(axis);
      }
      long step = stride;
      for (int axis = to - 1; axis >= firstTo; axis--) {
        newStrides[axis] = step;
        step *= target.dim(axis);
      }
    }
    return Optional.of(new View(target, offset, newStrides));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof View view
        && shape.equals(view.shape)
        && offset == view.offset
        && Arrays.equals(strides, view.strides);
  }

  @Override
  public int hashCode() {
    return (31 * shape.hashCode() + Long.hashCode(offset)) * 31 + Arrays.hashCode(strides);
  }

  @Override
  public String toString() {
    return shape + "@" + offset + Arrays.toString(strides);
  }
}
