package dev.volute.backend.java.kernel;

import dev.volute.backend.java.parallel.CacheLine;
import dev.volute.spi.BackendException;
import dev.volute.spi.Memory;
import dev.volute.spi.Operand;
import dev.volute.spi.OutOfMemoryException;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import dev.volute.tensor.View;

/** A Java array of floats, doubles or ints, from the first whole {@link CacheLine} on. */
public final class JavaMemory implements Memory {
  /** The longest array that every JVM can make, less what is before its first whole line. */
  public static final int MAXIMUM_ELEMENTS = Integer.MAX_VALUE - 8 - CacheLine.FIRST;

  private static final Tensor CLOSED = Tensor.of(Shape.of(0), new float[0]);

  private final DType dtype;
  private final long elements;
  private final int start;
  private volatile Tensor values;

  /**
   * @throws OutOfMemoryException if the array would be longer than Java allows or the heap has no
   *     room for it
   */
  public JavaMemory(DType dtype, long elements) {
    this.dtype = dtype;
    this.elements = elements;
    if (elements < 0 || elements > MAXIMUM_ELEMENTS) {
      throw new OutOfMemoryException(
          "%d elements were asked for; this backend has at most %d in one memory"
              .formatted(elements, MAXIMUM_ELEMENTS));
    }
    start = CacheLine.FIRST_BYTES / dtype.bytes();
    int length = start + (int) elements;
    Shape shape = Shape.of(length);
    try {
      values =
          switch (dtype) {
            case F32 -> Tensor.of(shape, new float[length]);
            case F64 -> Tensor.of(shape, new double[length]);
            case I32 -> Tensor.of(shape, new int[length]);
          };
    } catch (OutOfMemoryError e) {
      throw new OutOfMemoryException(
          "The Java heap has no room for %d elements of %s (%d MiB); enlarge it with -Xmx"
              .formatted(elements, dtype, elements * dtype.bytes() >> 20),
          e);
    }
  }

  /** The array under an operand's view. */
  public static JavaMemory of(Operand operand) {
    return (JavaMemory) operand.memory();
  }

  /** The operand with its place in the array. */
  public static Operand inArray(Operand operand) {
    View inArray = operand.view().shifted(of(operand).start);
    return new Operand(operand.memory(), inArray, operand.constant());
  }

  @Override
  public DType dtype() {
    return dtype;
  }

  @Override
  public long elements() {
    return elements;
  }

  public float[] floats() {
    return open().floats();
  }

  public double[] doubles() {
    return open().doubles();
  }

  public int[] ints() {
    return open().ints();
  }

  /** The array of whatever type, for {@link System#arraycopy}. */
  public Object array() {
    return array(open());
  }

  private Tensor open() {
    Tensor present = values;
    if (present == CLOSED) {
      throw new BackendException("The memory is closed");
    }
    return present;
  }

  @Override
  public void write(long offset, Tensor source) {
    copy(source, 0, open(), place(offset, source), source.length());
  }

  @Override
  public void read(long offset, Tensor target) {
    copy(open(), place(offset, target), target, 0, target.length());
  }

  private static void copy(Tensor from, int at, Tensor to, int where, int length) {
    System.arraycopy(array(from), at, array(to), where, length);
  }

  private static Object array(Tensor tensor) {
    return switch (tensor.dtype()) {
      case F32 -> tensor.floats();
      case F64 -> tensor.doubles();
      case I32 -> tensor.ints();
    };
  }

  private int place(long offset, Tensor tensor) {
    open();
    if (tensor.dtype() != dtype) {
      throw new BackendException("Memory of " + dtype + " does not hold " + tensor.type());
    }
    if (offset < 0 || tensor.length() > elements - offset) {
      throw new BackendException(
          "%d elements from %d on are not inside memory of %d"
              .formatted(tensor.length(), offset, elements));
    }
    return start + (int) offset;
  }

  @Override
  public void close() {
    values = CLOSED;
  }
}
