package dev.volute.tensor;

import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The lengths of a tensor's axes, outermost first. Immutable. A shape without axes is a scalar's; a
 * length of zero is legal and means that there are no elements.
 */
public final class Shape {
  private static final Shape SCALAR = new Shape(new int[0]);

  private final int[] lengths;

  private Shape(int[] lengths) {
    this.lengths = lengths;
  }

  /**
   * @throws ShapeException if a length is negative
   */
  public static Shape of(int... lengths) {
    for (int length : lengths) {
      if (length < 0) {
        throw new ShapeException(
            "Shape " + Arrays.toString(lengths) + " has a negative length; lengths start at 0");
      }
    }
    return lengths.length == 0 ? SCALAR : new Shape(lengths.clone());
  }

  public static Shape scalar() {
    return SCALAR;
  }

  /** Number of axes. */
  public int rank() {
    return lengths.length;
  }

  /** Length of an axis; negative axes count from the end (-1 is the last). */
  public int dim(int axis) {
    return lengths[axis < 0 ? axis + lengths.length : axis];
  }

  public int[] toArray() {
    return lengths.clone();
  }

  /** Number of elements: the product of the lengths, 1 for a scalar. */
  public long elements() {
    long n = 1;
    for (int length : lengths) {
      n = Math.multiplyExact(n, (long) length);
    }
    return n;
  }

  /** Strides, in elements, of a dense row-major tensor of this shape. */
  public long[] denseStrides() {
    long[] strides = new long[lengths.length];
    long stride = 1;
    for (int i = lengths.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= Math.max(1, lengths[i]);
    }
    return strides;
  }

  /** This shape with one more axis in front. */
  public Shape prepend(int length) {
    int[] result = new int[lengths.length + 1];
    result[0] = length;
    System.arraycopy(lengths, 0, result, 1, lengths.length);
    return of(result);
  }

  /** This shape with one more axis at the end. */
  public Shape append(int length) {
    int[] result = Arrays.copyOf(lengths, lengths.length + 1);
    result[lengths.length] = length;
    return of(result);
  }

  /** The axes from {@code from} (inclusive) to {@code to} (exclusive). */
  public Shape slice(int from, int to) {
    return of(Arrays.copyOfRange(lengths, from, to));
  }

  /** This shape with the length of one axis replaced; negative axes count from the end. */
  public Shape with(int axis, int length) {
    int[] result = lengths.clone();
    result[axis < 0 ? axis + lengths.length : axis] = length;
    return of(result);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape shape && Arrays.equals(lengths, shape.lengths);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(lengths);
  }

  /** For example {@code [64, 1, 28, 28]}. */
  @Override
  public String toString() {
    return IntStream.of(lengths)
        .mapToObj(Integer::toString)
        .collect(Collectors.joining(", ", "[", "]"));
  }
}
