package dev.volute.tensor;

import java.util.Arrays;

/**
 * Values in the host's memory: element type, shape, and one Java array in row-major order. Holds
 * nothing that needs closing.
 *
 * <p>The arrays that {@link #floats()}, {@link #doubles()} and {@link #ints()} return, and those
 * that the {@code of} methods take, are the tensor's own and not copies: data sets are large, and
 * whoever writes into them writes into the tensor.
 */
public final class Tensor {
  private final TensorType type;
  private final Object values;

  private Tensor(TensorType type, Object values, int length) {
    if (type.shape().elements() != length) {
      throw new ShapeException(
          "Shape %s has %d elements, but %d values were given"
              .formatted(type.shape(), type.shape().elements(), length));
    }
    this.type = type;
    this.values = values;
  }

  public static Tensor of(Shape shape, float... values) {
    return new Tensor(new TensorType(DType.F32, shape), values, values.length);
  }

  public static Tensor of(Shape shape, double... values) {
    return new Tensor(new TensorType(DType.F64, shape), values, values.length);
  }

  public static Tensor of(Shape shape, int... values) {
    return new Tensor(new TensorType(DType.I32, shape), values, values.length);
  }

  public static Tensor scalar(float value) {
    return of(Shape.scalar(), value);
  }

  /**
   * A tensor of zeros.
   *
   * @throws ShapeException if it has more elements than a Java array can hold
   */
  public static Tensor zeros(TensorType type) {
    long elements = type.shape().elements();
    if (elements > Integer.MAX_VALUE - 8) {
      throw new ShapeException(
          "%s has %d elements; a tensor on the host holds at most %d"
              .formatted(type, elements, Integer.MAX_VALUE - 8));
    }
    int length = (int) elements;
    Object values =
        switch (type.dtype()) {
          case F32 -> new float[length];
          case F64 -> new double[length];
          case I32 -> new int[length];
        };
    return new Tensor(type, values, length);
  }

  public TensorType type() {
    return type;
  }

  public DType dtype() {
    return type.dtype();
  }

  public Shape shape() {
    return type.shape();
  }

  /** Number of elements. */
  public int length() {
    return (int) type.shape().elements();
  }

  /**
   * @throws ShapeException if the elements are not F32
   */
  public float[] floats() {
    require(DType.F32);
    return (float[]) values;
  }

  /**
   * @throws ShapeException if the elements are not F64
   */
  public double[] doubles() {
    require(DType.F64);
    return (double[]) values;
  }

  /**
   * @throws ShapeException if the elements are not I32
   */
  public int[] ints() {
    require(DType.I32);
    return (int[]) values;
  }

  private void require(DType wanted) {
    if (type.dtype() != wanted) {
      throw new ShapeException("The tensor is " + type + ", not " + wanted);
    }
  }

  /** Element {@code i} in row-major order, widened to double. */
  public double get(int i) {
    return switch (type.dtype()) {
      case F32 -> ((float[]) values)[i];
      case F64 -> ((double[]) values)[i];
      case I32 -> ((int[]) values)[i];
    };
  }

  /** The same values (not copied) under another shape. */
  public Tensor reshape(Shape shape) {
    return new Tensor(type.withShape(shape), values, length());
  }

  /** Rows {@code from} (inclusive) to {@code to} (exclusive) of the first axis, copied. */
  public Tensor rows(int from, int to) {
    Shape shape = type.shape();
    if (shape.rank() == 0 || from < 0 || to < from || to > shape.dim(0)) {
      throw new ShapeException("Rows " + from + " to " + to + " are not inside " + shape);
    }
    Shape rest = shape.slice(1, shape.rank());
    int width = (int) rest.elements();
    Tensor result = zeros(type.withShape(rest.prepend(to - from)));
    System.arraycopy(values, from * width, result.values, 0, (to - from) * width);
    return result;
  }

  /** The values converted to another element type; floating to integer truncates. */
  public Tensor cast(DType dtype) {
    Tensor result = zeros(new TensorType(dtype, type.shape()));
    for (int i = 0; i < length(); i++) {
      switch (dtype) {
        case F32 -> result.floats()[i] = (float) get(i);
        case F64 -> result.doubles()[i] = get(i);
        case I32 -> result.ints()[i] = (int) get(i);
      }
    }
    return result;
  }

  @Override
  public boolean equals(Object other) {
    if (!(other instanceof Tensor tensor) || !type.equals(tensor.type)) {
      return false;
    }
    return switch (type.dtype()) {
      case F32 -> Arrays.equals((float[]) values, (float[]) tensor.values);
      case F64 -> Arrays.equals((double[]) values, (double[]) tensor.values);
      case I32 -> Arrays.equals((int[]) values, (int[]) tensor.values);
    };
  }

  @Override
  public int hashCode() {
    int hash =
        switch (type.dtype()) {
          case F32 -> Arrays.hashCode((float[]) values);
          case F64 -> Arrays.hashCode((double[]) values);
          case I32 -> Arrays.hashCode((int[]) values);
        };
    return 31 * type.hashCode() + hash;
  }

  /** Type and the first values. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(type.toString()).append(" {");
    int shown = Math.min(length(), 8);
    for (int i = 0; i < shown; i++) {
      text.append(i == 0 ? "" : ", ")
          .append(
              type.dtype() == DType.I32
                  ? Integer.toString((int) get(i))
                  : Float.toString((float) get(i)));
    }
    return text.append(shown < length() ? ", ..." : "").append('}').toString();
  }
}
