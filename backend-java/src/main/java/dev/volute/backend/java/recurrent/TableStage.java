package dev.volute.backend.java.recurrent;

import dev.volute.backend.java.dense.Factor;
import dev.volute.backend.java.dense.PackedWeight;
import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.recurrent.StepRows.Chunk;

/**
 * Begins the gates' sums of some steps at a time where inputs are rows of a table: each of its rows
 * is multiplied with the input weight once, before the first step.
 */
final class TableStage implements Stage {
  private final Factor factor;
  private final Floats weight;
  private final PackedWeight packed;
  private final Floats bias;
  private final Table table;
  private final Floats products;
  private final Chunk sums;

  /**
   * @param packed the weight, or memory for it, if it is packed
   * @param products memory for those of all rows
   */
  TableStage(
      Factor factor,
      Floats weight,
      PackedWeight packed,
      Floats bias,
      Table table,
      Floats products,
      Chunk sums) {
    this.factor = factor;
    this.weight = weight;
    this.packed = packed;
    this.bias = bias;
    this.table = table;
    this.products = products;
    this.sums = sums;
  }

  @Override
  public void begin(int fromColumn, int toColumn) {
    if (!packed.ready()) {
      factor.pack(weight, fromColumn, toColumn, packed.values());
    }
    int width = factor.columns();
    int features = table.features();
    float[] to = products.array();
    for (int row = 0; row < table.rows(); row++) {
      int at = products.offset() + row * width + fromColumn;
      System.arraycopy(bias.array(), bias.offset() + fromColumn, to, at, toColumn - fromColumn);
    }
    for (int first = 0; first < table.rows(); first += Table.ROWS) {
      factor.multiply(
          1,
          Math.min(Table.ROWS, table.rows() - first),
          table.values().array(),
          table.values().offset() + first * features,
          0,
          features,
          factor.length() > 0 ? packed.values() : weight,
          fromColumn,
          toColumn,
          to,
          products.offset() + first * width,
          width);
    }
  }

  @Override
  public long preparation() {
    return (long) table.rows() * table.features() * factor.columns();
  }

  @Override
  public boolean isDue(int t) {
    return t % sums.steps() == 0;
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
    return factor.columns();
  }

  @Override
  public void run(int t, Block block) {
    int first = sums.first(t);
    int column = block.fromColumn();
    for (int row = block.fromRow(); row < block.toRow(); row++) {
      int to = sums.begin(row) + column;
      for (int step = 0; step < sums.steps(); step++, to += sums.pitch()) {
        int from = products.offset() + table.id(row, first + step) * factor.columns() + column;
        System.arraycopy(products.array(), from, sums.values().array(), to, block.columns());
      }
    }
  }
}
