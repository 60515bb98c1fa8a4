package dev.volute.backend.java.kernel;

import dev.volute.graph.Op;
import dev.volute.spi.Kernel;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operands;
import dev.volute.spi.Scratch;
import dev.volute.tensor.DType;
import java.util.Optional;
import java.util.stream.Stream;

/** How the ops of one class run here. */
@FunctionalInterface
public interface Binding<T extends Op> {
  /** Whether the op runs here with these types; by default if everything floating is F32. */
  default boolean claims(T op, OpCall call) {
    return Stream.concat(call.inputs().stream(), call.outputs().stream())
        .noneMatch(type -> type.dtype() == DType.F64);
  }

  /** How a claimed call is computed, for people; empty if there is but one way. */
  default Optional<String> algorithm(T op, OpCall call, Machine machine) {
    return Optional.empty();
  }

  /** Whether a claimed call takes an input channels last too. */
  default boolean takesChannelsLast(T op, OpCall call, int input) {
    return false;
  }

  /** Whether a claimed call gives an output channels last too. */
  default boolean givesChannelsLast(T op, OpCall call, int output) {
    return false;
  }

  /** What {@link #bind} will need besides the operands. */
  default Scratch scratch(T op, OpCall call, Machine machine) {
    return Scratch.NONE;
  }

  /** A kernel for fixed operands of a claimed call. */
  Kernel bind(T op, OpCall call, Operands operands, Machine machine);
}
