package dev.volute.conformance.reference;

import dev.volute.spi.BackendException;
import dev.volute.spi.Memory;
import dev.volute.tensor.DType;
import dev.volute.tensor.Tensor;

/**
 * Elements of any type, held as doubles: F32 values are rounded only when they are read, and every
 * I32 is a double exactly.
 */
final class ReferenceMemory implements Memory {
  private final DType dtype;
  private final double[] values;
  private boolean closed;

  ReferenceMemory(DType dtype, int elements) {
    this(dtype, new double[elements]);
  }

  /** Memory that is the array. */
  ReferenceMemory(DType dtype, double[] values) {
    this.dtype = dtype;
    this.values = values;
  }

  @Override
  public DType dtype() {
    return dtype;
  }

  @Override
  public long elements() {
    return values.length;
  }

  double[] values() {
    if (closed) {
      throw new BackendException("The memory is closed");
    }
    return values;
  }

  @Override
  public void write(long offset, Tensor source) {
    int from = start(offset, source);
    for (int i = 0; i < source.length(); i++) {
      values[from + i] = source.get(i);
    }
  }

  @Override
  public void read(long offset, Tensor target) {
    int from = start(offset, target);
    for (int i = 0; i < target.length(); i++) {
      double value = values[from + i];
      switch (dtype) {
        case F32 -> target.floats()[i] = (float) value;
        case F64 -> target.doubles()[i] = value;
        case I32 -> target.ints()[i] = (int) value;
      }
    }
  }

  private int start(long offset, Tensor tensor) {
    if (closed) {
      throw new BackendException("The memory is closed");
    }
    if (tensor.dtype() != dtype) {
      throw new BackendException("The memory holds " + dtype + ", not " + tensor.dtype());
    }
    if (offset < 0 || offset > values.length - tensor.length()) {
      throw new BackendException(
          "%d elements from %d on are not inside a memory of %d"
              .formatted(tensor.length(), offset, values.length));
    }
    return (int) offset;
  }

  @Override
  public void close() {
    closed = true;
  }
}
