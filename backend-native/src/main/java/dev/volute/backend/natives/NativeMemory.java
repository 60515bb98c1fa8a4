package dev.volute.backend.natives;

import dev.volute.natives.Kernels;
import dev.volute.spi.BackendException;
import dev.volute.spi.Memory;
import dev.volute.spi.OutOfMemoryException;
import dev.volute.tensor.DType;
import dev.volute.tensor.Tensor;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;

/** Memory outside the Java heap, freed when its owner closes it. */
final class NativeMemory implements Memory {
  private final DType dtype;
  private final long elements;
  private final long address;
  private final Pointer values;
  private volatile boolean open = true;

  NativeMemory(DType dtype, long elements) {
    this.dtype = dtype;
    this.elements = elements;
    if (elements < 0 || elements > Long.MAX_VALUE / dtype.bytes()) {
      throw new OutOfMemoryException("There cannot be memory for " + elements + " " + dtype);
    }
    long bytes = elements * dtype.bytes();
    address = MachineMemory.couldHold(bytes) ? Kernels.allocate(bytes) : 0;
    if (address == 0) {
      throw new OutOfMemoryException(
          "Not enough native memory for %d elements of %s (%d MiB)"
              .formatted(elements, dtype, bytes >> 20));
    }
    Pointer start = Kernels.at(address);
    values =
        switch (dtype) {
          case F32 -> new FloatPointer(start);
          case F64 -> new DoublePointer(start);
          case I32 -> new IntPointer(start);
        };
  }

  @Override
  public DType dtype() {
    return dtype;
  }

  @Override
  public long elements() {
    return elements;
  }

  boolean isOpen() {
    return open;
  }

  long address(long offset) {
    return address + offset * dtype.bytes();
  }

  @Override
  public synchronized void write(long offset, Tensor source) {
    require(offset, source);
    int length = source.length();
    switch (dtype) {
      case F32 -> ((FloatPointer) values).position(offset).put(source.floats(), 0, length);
      case F64 -> ((DoublePointer) values).position(offset).put(source.doubles(), 0, length);
      case I32 -> ((IntPointer) values).position(offset).put(source.ints(), 0, length);
    }
  }

  @Override
  public synchronized void read(long offset, Tensor target) {
    require(offset, target);
    int length = target.length();
    switch (dtype) {
      case F32 -> ((FloatPointer) values).position(offset).get(target.floats(), 0, length);
      case F64 -> ((DoublePointer) values).position(offset).get(target.doubles(), 0, length);
      case I32 -> ((IntPointer) values).position(offset).get(target.ints(), 0, length);
    }
  }

  private void require(long offset, Tensor tensor) {
    if (!open) {
      throw new BackendException("The memory is closed");
    }
    if (tensor.dtype() != dtype) {
      throw new BackendException("Memory of " + dtype + " does not hold " + tensor.type());
    }
    if (offset < 0 || tensor.length() > elements - offset) {
      throw new BackendException(
          "Elements %d to %d are not inside memory of %d elements"
              .formatted(offset, offset + tensor.length(), elements));
    }
  }

  @Override
  public synchronized void close() {
    if (open) {
      open = false;
      Kernels.free(address);
    }
  }
}
