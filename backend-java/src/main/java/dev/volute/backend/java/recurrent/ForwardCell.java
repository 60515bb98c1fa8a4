package dev.volute.backend.java.recurrent;

import dev.volute.backend.java.kernel.Machine;
import dev.volute.graph.Unary;

/** One step of a recurrence, for some rows of the batch. */
interface ForwardCell {
  /** Makes ready for the first step of all rows. */
  void begin();

  /** Goes from the sums with the inputs to the hidden state of step t. */
  void step(int from, int to, int t);

  static ForwardCell of(ForwardPlan plan, ForwardMemory memory, Machine machine) {
    return switch (plan.sizes().cell()) {
      case TANH ->
          new SimpleForward(plan, memory, machine.simd().elementwise().unary(Unary.Function.TANH));
      case RELU ->
          new SimpleForward(plan, memory, machine.simd().elementwise().unary(Unary.Function.RELU));
      case LSTM -> new LstmForward(plan, memory, CellFunctions.of(machine));
      case GRU -> new GruForward(plan, memory, CellFunctions.of(machine));
      case GRU_RESET_AFTER -> new GruResetAfterForward(plan, memory, CellFunctions.of(machine));
    };
  }
}
