package dev.volute.backend.java.recurrent;

import dev.volute.backend.java.dense.Factor;
import dev.volute.backend.java.kernel.Floats;

/** Adds a product with the recurrent weight's columns of some gates, or with these transposed. */
final class ProductStage implements Stage {
  private final Factor factor;
  private final Floats weight;
  private final PackedWeight packed;
  private final StepRows from;
  private final StepRows to;

  /**
   * @param weight where the columns begin
   * @param packed they, or memory for them, if they are packed
   */
  ProductStage(Factor factor, Floats weight, PackedWeight packed, StepRows from, StepRows to) {
    this.factor = factor;
    this.weight = weight;
    this.packed = packed;
    this.from = from;
    this.to = to;
  }

  @Override
  public void begin(int fromColumn, int toColumn) {
    if (!packed.ready()) {
      factor.pack(weight, fromColumn, toColumn, packed.values());
    }
  }

  @Override
  public long preparation() {
    return packed.ready() ? 0 : factor.length();
  }

  @Override
  public int columns() {
    return factor.columns();
  }

  @Override
  public int columnUnit() {
    return factor.columnUnit();
  }

  @Override
  public long work() {
    return (long) factor.rows() * factor.columns();
  }

  @Override
  public void run(int t, Block block) {
    factor.multiply(
        1,
        block.rows(),
        from.array(t),
        from.at(block.fromRow(), t),
        0,
        from.rowStep(t),
        factor.length() > 0 ? packed.values() : weight,
        block.fromColumn(),
        block.toColumn(),
        to.array(t),
        to.at(block.fromRow(), t),
        to.rowStep(t));
  }
}
