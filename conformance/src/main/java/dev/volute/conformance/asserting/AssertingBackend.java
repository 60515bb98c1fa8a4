package dev.volute.conformance.asserting;

import dev.volute.spi.Backend;
import dev.volute.spi.BackendException;
import dev.volute.spi.ForwardingBackend;
import dev.volute.spi.Kernel;
import dev.volute.spi.Memory;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operand;
import dev.volute.spi.Operands;
import dev.volute.tensor.DType;
import java.util.List;

/**
 * Runs on another backend and checks the contract of both sides while a program runs.
 *
 * <p>Of the program: operands lie inside open memory of this backend and have the types that the
 * call says; composites get dense ones, row-major or as the backend takes and gives them; outputs
 * share places with nothing but the inputs that the op allows; scratch is what was asked for;
 * constants stay what they were; nothing closed is used; no kernel is run by two threads at once.
 * Of the backend: kernels write their outputs, all of them, and scratch, and nothing else, and do
 * not read what the outputs held before.
 *
 * <p>Whoever breaks it is told by an {@link AssertionError}. Slow: every run copies the memory that
 * it touches.
 */
public final class AssertingBackend extends ForwardingBackend {
  private volatile boolean closed;

  /**
   * @param backend the backend to watch, which closes with this one
   */
  public AssertingBackend(Backend backend) {
    super(backend);
  }

  @Override
  public Memory allocate(DType dtype, long elements) {
    if (closed) {
      throw new BackendException("The backend is closed");
    }
    return new AssertingMemory(this, super.allocate(dtype, elements), elements);
  }

  @Override
  public Kernel bind(OpCall call, Operands operands) {
    if (!claims(call)) {
      return super.bind(call, unwrapped(operands));
    }
    require(!closed, "%s is bound on a closed backend", call.op());
    new BindingRules(this, call, scratch(call)).check(operands);
    return new AssertingKernel(call, operands, super.bind(call, unwrapped(operands)));
  }

  /** The operands in the watched backend's own memory. */
  private Operands unwrapped(Operands operands) {
    List<Operand> inputs = operands.inputs().stream().map(this::unwrapped).toList();
    return new Operands(
        inputs,
        operands.outputs().stream().map(this::unwrapped).toList(),
        operands.scratch().map(this::unwrapped),
        (constant, form, pack) ->
            operands.packed(inputs.indexOf(constant), AutoCloseable.class, form, () -> pack.get()));
  }

  private Operand unwrapped(Operand operand) {
    return new Operand(
        AssertingMemory.of(operand, this).memory(), operand.view(), operand.constant());
  }

  static void require(boolean holds, String complaint, Object... details) {
    if (!holds) {
      throw new AssertionError(complaint.formatted(details));
    }
  }

  @Override
  public void close() {
    closed = true;
    super.close();
  }
}
