package dev.volute.conformance.asserting;

import dev.volute.spi.Memory;
import dev.volute.spi.Operand;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import dev.volute.tensor.TensorType;

/** Memory that knows whose it is and whether it is closed. */
final class AssertingMemory implements Memory {
  private final AssertingBackend owner;
  private final Memory memory;
  private volatile boolean closed;

  AssertingMemory(AssertingBackend owner, Memory memory, long elements) {
    this.owner = owner;
    this.memory = memory;
    AssertingBackend.require(
        memory.elements() == elements,
        "%d elements were asked for, and %d were given",
        elements,
        memory.elements());
  }

  /** The memory of an operand, which must be this backend's and open. */
  static AssertingMemory of(Operand operand, AssertingBackend owner) {
    AssertingBackend.require(
        operand.memory() instanceof AssertingMemory memory && memory.owner == owner,
        "%s is not memory of this backend",
        operand.memory());
    AssertingMemory memory = (AssertingMemory) operand.memory();
    AssertingBackend.require(!memory.closed, "closed memory is used");
    return memory;
  }

  Memory memory() {
    return memory;
  }

  boolean isClosed() {
    return closed;
  }

  /** All that it holds. */
  Tensor contents() {
    TensorType type = new TensorType(dtype(), Shape.of(Math.toIntExact(elements())));
    Tensor contents = Tensor.zeros(type);
    memory.read(0, contents);
    return contents;
  }

  @Override
  public DType dtype() {
    return memory.dtype();
  }

  @Override
  public long elements() {
    return memory.elements();
  }

  @Override
  public void write(long offset, Tensor source) {
    memory.write(offset, source);
  }

  @Override
  public void read(long offset, Tensor target) {
    memory.read(offset, target);
  }

  @Override
  public void close() {
    closed = true;
    memory.close();
  }
}
