package dev.volute.backend.java.recurrent;

import dev.volute.backend.java.dense.Factor;
import dev.volute.backend.java.dense.PackedWeight;
import dev.volute.backend.java.kernel.Floats;

/** Adds a product with the recurrent weight's columns of some gates, or with these transposed. */
final class ProductStage extends WeightStage {
  private final StepRows from;
  private final StepRows to;

  /**
   * @param weight where the columns begin
   * @param packed they, or memory for them, if they are packed
   */
  ProductStage(Factor factor, Floats weight, PackedWeight packed, StepRows from, StepRows to) {
    super(factor, weight, packed);
    this.from = from;
    this.to = to;
  }

  @Override
  public void run(int t, Block block) {
    multiply(
        1,
        block.rows(),
        from.array(t),
        from.at(block.fromRow(), t),
        0,
        from.rowStep(t),
        block.fromColumn(),
        block.toColumn(),
        to.array(t),
        to.at(block.fromRow(), t),
        to.rowStep(t));
  }
}
