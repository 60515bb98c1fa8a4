package dev.volute.backend.java.recurrent;

import dev.volute.backend.java.dense.Gemm;
import dev.volute.backend.java.dense.ProductForm;
import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.parallel.Workers;
import dev.volute.spi.Kernel;
import dev.volute.spi.Operands;
import java.util.Optional;

/**
 * A recurrence: one product with the input weight for all steps, then step by step the product with
 * the recurrent weight and the cell's function, in place of the sums.
 */
final class Forward implements Kernel, Workers.Part {
  private final Sizes sizes;
  private final Workers workers;
  private final RowParts parts;
  private final Gemm inputProduct;
  private final Floats x;
  private final Floats inputWeight;
  private final Steps sums;
  private final ForwardCell cell;
  private final States hidden;
  private final Floats lastHidden;

  Forward(ForwardPlan plan, Operands operands, Machine machine) {
    sizes = plan.sizes();
    workers = machine.workers();
    parts = RowParts.of(sizes, machine);
    ForwardMemory memory = new ForwardMemory(plan, operands);
    x = memory.x();
    inputWeight = memory.inputWeight();
    inputProduct =
        new Gemm(
            ProductForm.of(sizes.rows(), sizes.width(), sizes.features())
                .finished(Optional.of(memory.bias()), Optional.empty()),
            machine);
    sums = memory.sums();
    hidden = memory.hidden();
    lastHidden = memory.lastHidden();
    cell = ForwardCell.of(plan, memory, machine);
  }

  @Override
  public void run() {
    cell.begin();
    inputProduct.run(
        x.array(),
        x.offset(),
        sizes.features(),
        inputWeight.array(),
        inputWeight.offset(),
        sizes.width(),
        sums.array(),
        sums.values().offset(),
        sums.width());
    workers.run(parts.count(), this);
  }

  /** Goes through all steps of some rows; for {@link Workers} only. */
  @Override
  public void run(int part) {
    int from = parts.from(part);
    int to = parts.to(part);
    for (int t = 0; t < sizes.time(); t++) {
      cell.step(from, to, t);
    }
    int last = sizes.time();
    for (int row = from; row < to; row++) {
      System.arraycopy(
          hidden.array(last),
          hidden.at(row, last),
          lastHidden.array(),
          lastHidden.offset() + row * sizes.units(),
          sizes.units());
    }
  }
}
