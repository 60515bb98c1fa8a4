package dev.volute.tensor;

/** The type of a tensor's elements. */
public enum DType {
  /** IEEE 754 single precision: what networks compute in. */
  F32(4),
  /** IEEE 754 double precision: what references and gradient checks compute in. */
  F64(8),
  /** Signed 32-bit integers: labels, token ids, positions. */
  I32(4);

  private final int bytes;

  DType(int bytes) {
    this.bytes = bytes;
  }

  /** Size of one element in bytes. */
  public int bytes() {
    return bytes;
  }

  public boolean isFloating() {
    return this != I32;
  }
}
