package dev.volute.backend.java.recurrent;

import dev.volute.backend.java.dense.Gemm;
import dev.volute.backend.java.dense.ProductForm;
import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.recurrent.StepRows.Before;
import dev.volute.backend.java.recurrent.StepRows.Sequence;
import dev.volute.spi.Kernel;
import dev.volute.spi.Operands;
import java.util.Optional;

/**
 * A recurrence: one product with the input weight for all steps, then step by step the products
 * with the recurrent weight and the cell's function, in place of the sums.
 */
final class Forward implements Kernel {
  private final Sizes sizes;
  private final Gemm inputProduct;
  private final Floats x;
  private final Floats inputWeight;
  private final Sequence gates;
  private final Schedule schedule;
  private final Before hidden;
  private final Floats lastHidden;

  Forward(ForwardPlan plan, Operands operands, Machine machine) {
    sizes = plan.sizes();
    ForwardMemory memory = new ForwardMemory(plan, operands);
    x = memory.x();
    inputWeight = memory.inputWeight();
    inputProduct =
        new Gemm(
            ProductForm.of(sizes.rows(), sizes.width(), sizes.features())
                .finished(Optional.of(memory.bias()), Optional.empty()),
            machine);
    gates = memory.gates();
    hidden = memory.hidden();
    lastHidden = memory.lastHidden();
    schedule = new Schedule(sizes, new ForwardStages(plan, memory, machine).all(), false, machine);
  }

  @Override
  public void run() {
    inputProduct.run(
        x.array(),
        x.offset(),
        sizes.features(),
        inputWeight.array(),
        inputWeight.offset(),
        sizes.width(),
        gates.values().array(),
        gates.values().offset(),
        gates.width());
    schedule.run();
    int last = sizes.time();
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
