package dev.volute.backend.java.recurrent;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.parallel.Workers;
import dev.volute.backend.java.simd.FloatMap;
import dev.volute.graph.Binary;
import java.util.Arrays;

/**
 * Sums of the columns of one dense matrix after the other: in single precision over pieces, and in
 * double over these.
 */
final class ColumnSums implements Workers.Part {
  /** Columns that are summed at a time: their sums stay in the first cache. */
  private static final int WIDTH = 1024;

  /** Columns fewer than these are not worth a part of their own. */
  private static final int LEAST = 128;

  private static final int PIECE = 64;

  private final int columns;
  private final Floats from;
  private final Floats to;
  private final Workers workers;
  private final FloatMap add;
  private final int width;
  private final double[] totals;

  private int rows;

  ColumnSums(int columns, Floats from, Floats to, Machine machine) {
    this.columns = columns;
    this.from = from;
    this.to = to;
    workers = machine.workers();
    add = machine.simd().elementwise().binary(Binary.Function.ADD);
    // Rows are read fastest from one end to the other.
    int share = (columns + workers.threads() - 1) / workers.threads();
    width = Math.min(WIDTH, Math.max(LEAST, (share + LEAST - 1) / LEAST * LEAST));
    totals = new double[columns];
  }

  /**
   * Adds a matrix's.
   *
   * @param first whether what has been added is to be forgotten
   */
  void add(int rows, boolean first) {
    this.rows = rows;
    if (first) {
      Arrays.fill(totals, 0);
    }
    workers.run((columns + width - 1) / width, this);
  }

  /** Sums some columns; for {@link Workers} only. */
  @Override
  public void run(int part) {
    int first = part * width;
    int n = Math.min(width, columns - first);
    float[] piece = workers.workspace().floats(0, n);
    for (int row = 0; row < rows; row += PIECE) {
      Arrays.fill(piece, 0, n, 0f);
      for (int i = row; i < Math.min(rows, row + PIECE); i++) {
        add.run(n, piece, 0, piece, 0, from.array(), from.offset() + i * columns + first);
      }
      for (int j = 0; j < n; j++) {
        totals[first + j] += piece[j];
      }
    }
    for (int j = 0; j < n; j++) {
      to.array()[to.offset() + first + j] = (float) totals[first + j];
    }
  }
}
