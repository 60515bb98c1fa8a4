package org.example.ejml;

import dev.volute.spi.BackendException;
import dev.volute.spi.Memory;
import dev.volute.tensor.DType;
import dev.volute.tensor.Tensor;

/** An array, of floats for F32 or of ints for I32; the other one is empty. */
final class EjmlMemory implements Memory {
  private final DType dtype;
  private final float[] floats;
  private final int[] ints;
  private final Object array;
  private volatile boolean closed;

  EjmlMemory(DType dtype, int elements) {
    this.dtype = dtype;
    floats = new float[dtype == DType.F32 ? elements : 0];
    ints = new int[dtype == DType.I32 ? elements : 0];
    array = dtype == DType.F32 ? floats : ints;
  }

  @Override
  public DType dtype() {
    return dtype;
  }

  @Override
  public long elements() {
    return floats.length + ints.length;
  }

  /** A double holds every float and every int exactly. */
  double get(int place) {
    return dtype == DType.F32 ? floats[place] : ints[place];
  }

  /** Rounds to a float, or truncates to an int. */
  void set(int place, double value) {
    if (dtype == DType.F32) {
      floats[place] = (float) value;
    } else {
      ints[place] = (int) value;
    }
  }

  @Override
  public void write(long offset, Tensor source) {
    check(offset, source);
    System.arraycopy(array(source), 0, array, (int) offset, source.length());
  }

  @Override
  public void read(long offset, Tensor target) {
    check(offset, target);
    System.arraycopy(array, (int) offset, array(target), 0, target.length());
  }

  private void check(long offset, Tensor tensor) {
    if (closed || tensor.dtype() != dtype || offset < 0 || offset > elements() - tensor.length()) {
      throw new BackendException(
          "%s at %d does not fit %s memory of %d %s"
              .formatted(tensor.type(), offset, closed ? "closed" : "open", elements(), dtype));
    }
  }

  private static Object array(Tensor tensor) {
    return tensor.dtype() == DType.F32 ? tensor.floats() : tensor.ints();
  }

  @Override
  public void close() {
    closed = true;
  }
}
