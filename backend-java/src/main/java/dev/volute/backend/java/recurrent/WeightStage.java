package dev.volute.backend.java.recurrent;

import dev.volute.backend.java.dense.Factor;
import dev.volute.backend.java.dense.PackedWeight;
import dev.volute.backend.java.kernel.Floats;

/** Products with some columns of a weight, which it packs first unless they are ready. */
abstract class WeightStage implements Stage {
  private final Factor factor;
  private final Floats weight;
  private final PackedWeight packed;

  /**
   * @param weight where the columns begin
   * @param packed they, or memory for them, if they are packed
   */
  WeightStage(Factor factor, Floats weight, PackedWeight packed) {
    this.factor = factor;
    this.weight = weight;
    this.packed = packed;
  }

  @Override
  public final void begin(int fromColumn, int toColumn) {
    if (!packed.ready()) {
      factor.pack(weight, fromColumn, toColumn, packed.values());
    }
  }

  @Override
  public final long preparation() {
    return packed.ready() ? 0 : factor.length();
  }

  @Override
  public final int columns() {
    return factor.columns();
  }

  @Override
  public final int columnUnit() {
    return factor.columnUnit();
  }

  @Override
  public final long work() {
    return (long) factor.rows() * factor.columns();
  }

  /** Adds the columns of a block of {@code a b} to c; see {@link Factor#multiply}. */
  final void multiply(
      int groups,
      int rows,
      float[] a,
      int aAt,
      int groupStep,
      int aStep,
      Block block,
      float[] c,
      int cAt,
      int cStep) {
    factor.multiply(
        groups,
        rows,
        a,
        aAt,
        groupStep,
        aStep,
        factor.length() > 0 ? packed.values() : weight,
        block.fromColumn(),
        block.toColumn(),
        c,
        cAt,
        cStep);
  }
}
