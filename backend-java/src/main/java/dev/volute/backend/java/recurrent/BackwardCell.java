package dev.volute.backend.java.recurrent;

import dev.volute.backend.java.kernel.Machine;
import dev.volute.graph.Binary;

/** One step of back-propagation through time, for some rows of the batch. */
interface BackwardCell {
  /** Makes ready for the last step of all rows. */
  void begin();

  /** Goes from the gradients to the states after step t to those before it. */
  void step(int from, int to, int t);

  static BackwardCell of(BackwardPlan plan, BackwardMemory memory, Machine machine) {
    return switch (plan.sizes().cell()) {
      case TANH -> new SimpleBackward(plan, memory, machine, Binary.Function.TANH_GRADIENT);
      case RELU -> new SimpleBackward(plan, memory, machine, Binary.Function.RELU_GRADIENT);
      case LSTM -> new LstmBackward(plan, memory, machine);
      case GRU -> new GruBackward(plan, memory, machine);
      case GRU_RESET_AFTER -> new GruResetAfterBackward(plan, memory, machine);
    };
  }
}
