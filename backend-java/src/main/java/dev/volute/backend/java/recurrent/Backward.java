package dev.volute.backend.java.recurrent;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.recurrent.StepRows.Same;
import dev.volute.spi.Kernel;
import dev.volute.spi.Operands;

/**
 * Back-propagation through time: step by step, from the last, the gradients to the gates' sums;
 * then one product each for the inputs and the weights of all steps.
 */
final class Backward implements Kernel {
  private final Sizes sizes;
  private final Schedule schedule;
  private final Floats last;
  private final Same hiddenGradient;
  private final ParameterGradients parameters;

  Backward(BackwardPlan plan, Operands operands, Machine machine) {
    sizes = plan.sizes();
    BackwardMemory memory = new BackwardMemory(plan, operands);
    schedule = new Schedule(sizes, new BackwardStages(plan, memory, machine).all(), true, machine);
    last = memory.lastHiddenGradient();
    hiddenGradient = memory.hiddenGradient();
    parameters = new ParameterGradients(sizes, memory, machine);
  }

  @Override
  public void run() {
    Floats to = hiddenGradient.values();
    System.arraycopy(last.array(), last.offset(), to.array(), to.offset(), sizes.state());
    schedule.run();
    parameters.run();
  }
}
