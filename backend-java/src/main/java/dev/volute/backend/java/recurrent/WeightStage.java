package dev.volute.backend.java.recurrent;

import dev.volute.backend.java.dense.Factor;
import dev.volute.backend.java.dense.PackedWeight;
import dev.volute.backend.java.kernel.Floats;

/** Products with some columns of a weight, which it packs first unless they are ready. */
abstract class WeightStage implements Stage {
  /** Rows that are multiplied at a time: enough to be efficient, and few enough to stay near. */
  static final int ROWS = 96;

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
  public final int columns() {
    return factor.columns();
  }

  @Override
  public final int columnUnit() {
    return factor.columnUnit();
  }

  @Override
  public long work() {
    return (long) factor.rows() * factor.columns();
  }

  /** Adds some columns of {@code a b} to those of c; see {@link Factor#multiply}. */
  final void multiply(
      int groups,
      int rows,
      float[] a,
      int aAt,
      int groupStep,
      int aStep,
      int fromColumn,
      int toColumn,
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
        fromColumn,
        toColumn,
        c,
        cAt,
        cStep);
  }
}
