package dev.volute.backend.java.recurrent;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.parallel.Workers;
import dev.volute.spi.Kernel;
import dev.volute.spi.Operands;

/**
 * Back-propagation through time: step by step, from the last, the gradients to the gates' sums;
 * then one product each for the inputs and the weights of all steps.
 */
final class Backward implements Kernel, Workers.Part {
  private final Sizes sizes;
  private final Workers workers;
  private final RowParts parts;
  private final BackwardCell cell;
  private final States hidden;
  private final Steps before;
  private final Floats last;
  private final Floats hiddenGradient;
  private final ParameterGradients parameters;

  Backward(BackwardPlan plan, Operands operands, Machine machine) {
    sizes = plan.sizes();
    workers = machine.workers();
    parts = RowParts.of(sizes, machine);
    BackwardMemory memory = new BackwardMemory(plan, operands);
    cell = BackwardCell.of(plan, memory, machine);
    hidden = memory.hidden();
    before = memory.before();
    last = memory.lastHiddenGradient();
    hiddenGradient = memory.hiddenGradient();
    parameters = new ParameterGradients(sizes, memory, machine);
  }

  @Override
  public void run() {
    cell.begin();
    System.arraycopy(
        last.array(),
        last.offset(),
        hiddenGradient.array(),
        hiddenGradient.offset(),
        sizes.state());
    workers.run(parts.count(), this);
    parameters.run();
  }

  /** Goes back through all steps of some rows; for {@link Workers} only. */
  @Override
  public void run(int part) {
    int from = parts.from(part);
    int to = parts.to(part);
    for (int row = from; row < to; row++) {
      for (int t = 0; t < sizes.time(); t++) {
        System.arraycopy(
            hidden.array(t), hidden.at(row, t), before.array(), before.at(row, t), sizes.units());
      }
    }
    for (int t = sizes.time() - 1; t >= 0; t--) {
      cell.step(from, to, t);
    }
  }
}
