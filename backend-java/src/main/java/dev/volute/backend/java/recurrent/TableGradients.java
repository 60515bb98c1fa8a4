package dev.volute.backend.java.recurrent;

import dev.volute.backend.java.dense.Factor;
import dev.volute.backend.java.dense.JointProducts;
import dev.volute.backend.java.dense.TransposedFactor;
import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.parallel.Workers;
import dev.volute.backend.java.recurrent.StepRows.Slices;
import dev.volute.backend.java.simd.FloatMap;
import dev.volute.graph.Binary;
import java.util.Arrays;
import java.util.List;

/**
 * Gradients to a table whose rows are the inputs of steps, to the input weight and to the bias. The
 * gradients to the gates' sums are summed by row, so that products have as many rows and terms as
 * the table has. Rows that no step has stay out of them, whatever they hold.
 */
final class TableGradients {
  /** Columns that are summed at a time: those of all rows of a small table stay near. */
  private static final int COLUMNS = 256;

  private final Sizes sizes;
  private final Table table;
  private final Slices gradients;
  private final Floats sums;
  private final TransposedFactor met;
  private final JointProducts weightProducts;
  private final ColumnSums bias;
  private final Factor factor;
  private final Floats weight;
  private final Floats packed;
  private final Floats toTable;
  private final boolean[] used;
  private final float[] zeros;
  private final FloatMap add;
  private final Workers workers;
  private final int columnParts;
  private final int featureWidth;
  private final Workers.Part addColumns = this::addColumns;
  private final Workers.Part multiplyFeatures = this::multiplyFeatures;

  private int from;
  private int to;

  TableGradients(BackwardPlan plan, BackwardMemory memory, Floats sumsLeft, Machine machine) {
    sizes = plan.sizes();
    table = memory.table();
    gradients = memory.sums();
    sums = memory.tableSums();
    met = memory.metTable();
    int width = sizes.width();
    JointProducts.Target target =
        new JointProducts.Target(met, memory.inputWeightGradient(), width);
    weightProducts = new JointProducts(width, List.of(target), sumsLeft, machine);
    bias = new ColumnSums(width, sums, memory.biasGradient(), machine);
    factor = plan.inputs();
    weight = memory.inputWeight();
    packed = memory.packedInputWeight().values();
    toTable = memory.tableGradient();
    used = new boolean[sizes.table()];
    zeros = new float[sizes.features()];
    add = machine.simd().elementwise().binary(Binary.Function.ADD);
    workers = machine.workers();
    columnParts = (width + COLUMNS - 1) / COLUMNS;
    featureWidth = factor.columnUnit();
  }

  /**
   * Adds what steps {@code from} (inclusive) to {@code to} (exclusive) give.
   *
   * @param first whether what has been added is to be forgotten
   * @param last whether the sums end with these
   */
  void run(int from, int to, boolean first, boolean last) {
    if (first) {
      begin();
    }
    this.from = from;
    this.to = to;
    workers.run(columnParts, addColumns);
    if (last) {
      finish();
    }
  }

  private void begin() {
    Arrays.fill(used, false);
    for (int row = 0; row < sizes.batch(); row++) {
      for (int t = 0; t < sizes.time(); t++) {
        used[table.id(row, t)] = true;
      }
    }
    int length = sizes.table() * sizes.width();
    Arrays.fill(sums.array(), sums.offset(), sums.offset() + length, 0f);
  }

  private void addColumns(int part) {
    int column = part * COLUMNS;
    int n = Math.min(COLUMNS, sizes.width() - column);
    float[] array = sums.array();
    for (int t = from; t < to; t++) {
      for (int row = 0; row < sizes.batch(); row++) {
        int at = sums.offset() + table.id(row, t) * sizes.width() + column;
        add.run(n, array, at, array, at, gradients.array(t), gradients.at(row, t) + column);
      }
    }
  }

  private void finish() {
    int features = sizes.features();
    for (int row = 0; row < sizes.table(); row++) {
      Floats values = table.values();
      float[] array = used[row] ? values.array() : zeros;
      met.pack(
          row, 1, 0, features, array, used[row] ? values.offset() + row * features : 0, features);
    }
    weightProducts.run(sizes.table(), true, true, sums.array(), sums.offset(), sizes.width());
    bias.add(sizes.table(), true);
    workers.run((features + featureWidth - 1) / featureWidth, multiplyFeatures);
  }

  private void multiplyFeatures(int part) {
    int width = sizes.width();
    int features = sizes.features();
    int first = part * featureWidth;
    int end = Math.min(features, first + featureWidth);
    factor.pack(weight, first, end, packed);
    for (int row = 0; row < sizes.table(); row += WeightStage.ROWS) {
      int rows = Math.min(WeightStage.ROWS, sizes.table() - row);
      int at = toTable.offset() + row * features;
      clear(row, rows, first, end, false);
      factor.multiply(
          1,
          rows,
          sums.array(),
          sums.offset() + row * width,
          0,
          width,
          packed,
          first,
          end,
          toTable.array(),
          at,
          features);
      clear(row, rows, first, end, true);
    }
  }

  /** Sets columns of rows to 0: of all, or of those that no step has, whatever the weight holds. */
  private void clear(int row, int rows, int first, int end, boolean unusedOnly) {
    for (int i = row; i < row + rows; i++) {
      if (!unusedOnly || !used[i]) {
        int at = toTable.offset() + i * sizes.features();
        Arrays.fill(toTable.array(), at + first, at + end, 0f);
      }
    }
  }
}
