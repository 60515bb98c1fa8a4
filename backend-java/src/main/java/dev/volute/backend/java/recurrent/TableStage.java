package dev.volute.backend.java.recurrent;

import dev.volute.backend.java.dense.Factor;
import dev.volute.backend.java.dense.PackedWeight;
import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.recurrent.StepRows.Chunk;

/**
 * Begins the gates' sums of some steps at a time where inputs are rows of a table: each of its rows
 * is multiplied with the input weight once, before the first step.
 */
final class TableStage extends WeightStage {
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
    super(factor, weight, packed);
    this.bias = bias;
    this.table = table;
    this.products = products;
    this.sums = sums;
  }

  @Override
  public void begin(int fromColumn, int toColumn) {
    super.begin(fromColumn, toColumn);
    int width = columns();
    int features = table.features();
    for (int row = 0; row < table.rows(); row++) {
      System.arraycopy(
          bias.array(),
          bias.offset() + fromColumn,
          products.array(),
          products.offset() + row * width + fromColumn,
          toColumn - fromColumn);
    }
    for (int first = 0; first < table.rows(); first += ROWS) {
      multiply(
          1,
          Math.min(ROWS, table.rows() - first),
          table.values().array(),
          table.values().offset() + first * features,
          0,
          features,
          fromColumn,
          toColumn,
          products.array(),
          products.offset() + first * width,
          width);
    }
  }

  @Override
  public long preparation() {
    return (long) table.rows() * table.features() * columns();
  }

  @Override
  public boolean isDue(int t) {
    return t % sums.steps() == 0;
  }

  @Override
  public long work() {
    return columns();
  }

  @Override
  public void run(int t, Block block) {
    int first = sums.first(t);
    int column = block.fromColumn();
    for (int row = block.fromRow(); row < block.toRow(); row++) {
      int to = sums.begin(row) + column;
      for (int step = 0; step < sums.steps(); step++, to += sums.pitch()) {
        int from = products.offset() + table.id(row, first + step) * columns() + column;
        System.arraycopy(products.array(), from, sums.values().array(), to, block.columns());
      }
    }
  }
}
