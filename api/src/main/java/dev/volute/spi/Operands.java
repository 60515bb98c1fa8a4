package dev.volute.spi;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** The memory that a kernel is bound to. */
public final class Operands {
  private final List<Operand> inputs;
  private final List<Operand> outputs;
  private final Optional<Operand> scratch;
  private final PackedForms packedForms;

  public Operands(
      List<Operand> inputs,
      List<Operand> outputs,
      Optional<Operand> scratch,
      PackedForms packedForms) {
    this.inputs = List.copyOf(inputs);
    this.outputs = List.copyOf(outputs);
    this.scratch = scratch;
    this.packedForms = packedForms;
  }

  /**
   * The same operands, each put through a function: for a backend whose memory begins somewhere
   * inside what its kernels index.
   */
  public Operands map(UnaryOperator<Operand> function) {
    return new Operands(
        inputs.stream().map(function).toList(),
        outputs.stream().map(function).toList(),
        scratch.map(function),
        packedForms);
  }

  public Operand input(int index) {
    return inputs.get(index);
  }

  public List<Operand> inputs() {
    return inputs;
  }

  public Operand output(int index) {
    return outputs.get(index);
  }

  public List<Operand> outputs() {
    return outputs;
  }

  /** The memory that {@link Backend#scratch} asked for; empty if it asked for none. */
  public Optional<Operand> scratch() {
    return scratch;
  }

  /**
   * A backend's own form of a constant input: made once, then shared by every kernel that is bound
   * to the same constant and asks for the same form, and closed when the last plan that uses it
   * goes.
   *
   * @param input which input; it must be constant
   * @param form tells apart the forms of one constant: a value with {@code equals}, for example a
   *     string with the packing's sizes
   * @param pack makes the form from the operand's present values
   */
  public <T extends AutoCloseable> T packed(
      int input, Class<T> type, Object form, Supplier<T> pack) {
    Operand operand = inputs.get(input);
    if (!operand.constant()) {
      throw new IllegalArgumentException("Input " + input + " is not constant");
    }
    return type.cast(packedForms.get(operand, form, pack));
  }

  /** Keeps the packed forms of constants. */
  @FunctionalInterface
  public interface PackedForms {
    AutoCloseable get(Operand constant, Object form, Supplier<? extends AutoCloseable> pack);
  }
}
