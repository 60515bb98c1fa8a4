package dev.volute.tensor;

/** Element type and shape: all that is known of a value before it is computed. */
public record TensorType(DType dtype, Shape shape) {

  public static TensorType f32(int... lengths) {
    return new TensorType(DType.F32, Shape.of(lengths));
  }

  public static TensorType i32(int... lengths) {
    return new TensorType(DType.I32, Shape.of(lengths));
  }

  public TensorType withShape(Shape newShape) {
    return new TensorType(dtype, newShape);
  }

  /** Bytes of a dense tensor of this type. */
  public long bytes() {
    return Math.multiplyExact(shape.elements(), (long) dtype.bytes());
  }

  // A record's own equals and hashCode are made at their first use, which takes a short program's
  // time.
  @Override
  public boolean equals(Object other) {
    return other instanceof TensorType type && dtype == type.dtype && shape.equals(type.shape);
  }

  @Override
  public int hashCode() {
    return 31 * dtype.hashCode() + shape.hashCode();
  }

  /** For example {@code F32[64, 10]}. */
  @Override
  public String toString() {
    return dtype.toString() + shape;
  }
}
