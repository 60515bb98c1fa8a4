package dev.volute.backend.java.recurrent;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.recurrent.StepRows.Same;
import dev.volute.spi.Kernel;
import dev.volute.spi.Operands;
import java.util.Optional;

/**
 * Back-propagation through time, a chunk of steps at a time: step by step, from the last, the
 * gradients to the gates' sums; then products for the inputs and the weights of all of them.
 */
final class Backward implements Kernel {
  private final Sizes sizes;
  private final int steps;
  private final Schedule schedule;
  private final Floats last;
  private final Same hiddenGradient;
  private final ParameterGradients parameters;
  private final Optional<Table> table;

  Backward(BackwardPlan plan, Operands operands, Machine machine) {
    sizes = plan.sizes();
    steps = plan.steps();
    BackwardMemory memory = new BackwardMemory(plan, operands, machine);
    schedule = new Schedule(sizes, new BackwardStages(plan, memory, machine).all(), true, machine);
    last = memory.lastHiddenGradient();
    hiddenGradient = memory.hiddenGradient();
    table = sizes.isOverTable() ? Optional.of(memory.table()) : Optional.empty();
    parameters = new ParameterGradients(plan, memory, machine);
  }

  @Override
  public void run() {
    if (table.isPresent()) {
      table.get().check();
    }
    Floats to = hiddenGradient.values();
    System.arraycopy(last.array(), last.offset(), to.array(), to.offset(), sizes.state());
    schedule.begin();
    int end = sizes.time();
    // Without any steps, gradients are still set: to 0.
    do {
      int from = Math.max(0, (end - 1) / steps * steps);
      schedule.run(from, end);
      parameters.run(from, end);
      end = from;
    } while (end > 0);
  }
}
