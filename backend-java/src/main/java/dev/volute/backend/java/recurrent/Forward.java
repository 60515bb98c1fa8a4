package dev.volute.backend.java.recurrent;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.recurrent.StepRows.Before;
import dev.volute.spi.Kernel;
import dev.volute.spi.Operands;
import java.util.Optional;

/**
 * A recurrence: the products with the input weight for some steps at a time, and for each of these
 * the products with the recurrent weight and the cell's function.
 */
final class Forward implements Kernel {
  private final Sizes sizes;
  private final Schedule schedule;
  private final Before hidden;
  private final Floats lastHidden;
  private final Optional<Table> table;

  Forward(ForwardPlan plan, Operands operands, Machine machine) {
    sizes = plan.sizes();
    ForwardMemory memory = new ForwardMemory(plan, operands, machine.packedMemory());
    hidden = memory.hidden();
    lastHidden = memory.lastHidden();
    table = sizes.isOverTable() ? Optional.of(memory.table()) : Optional.empty();
    schedule = new Schedule(sizes, new ForwardStages(plan, memory, machine).all(), false, machine);
  }

  @Override
  public void run() {
    if (table.isPresent()) {
      table.get().check();
    }
    int last = sizes.time();
    schedule.begin();
    schedule.run(0, last);
    int units = sizes.units();
    for (int row = 0; row < sizes.batch(); row++) {
      System.arraycopy(
          hidden.array(last),
          hidden.at(row, last),
          lastHidden.array(),
          lastHidden.offset() + row * units,
          units);
    }
  }
}
