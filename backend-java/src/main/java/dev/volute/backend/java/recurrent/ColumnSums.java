package dev.volute.backend.java.recurrent;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.parallel.Workers;
import dev.volute.backend.java.simd.FloatMap;
import dev.volute.graph.Binary;
import java.util.Arrays;

/** Sums of a dense matrix's columns, in single precision over pieces and in double over these. */
final class ColumnSums implements Runnable, Workers.Part {
  private static final int WIDTH = 256;
  private static final int PIECE = 64;

  private final int rows;
  private final int columns;
  private final Floats from;
  private final Floats to;
  private final Workers workers;
  private final FloatMap add;

  ColumnSums(int rows, int columns, Floats from, Floats to, Machine machine) {
    this.rows = rows;
    this.columns = columns;
    this.from = from;
    this.to = to;
    workers = machine.workers();
    add = machine.simd().elementwise().binary(Binary.Function.ADD);
  }

  @Override
  public void run() {
    workers.run((columns + WIDTH - 1) / WIDTH, this);
  }

  /** Sums some columns; for {@link Workers} only. */
  @Override
  public void run(int part) {
    int first = part * WIDTH;
    int n = Math.min(WIDTH, columns - first);
    float[] piece = workers.workspace().floats(0, WIDTH);
    double[] total = workers.workspace().doubles(WIDTH);
    Arrays.fill(total, 0, n, 0);
    for (int row = 0; row < rows; row += PIECE) {
      Arrays.fill(piece, 0, n, 0f);
      for (int i = row; i < Math.min(rows, row + PIECE); i++) {
        add.run(n, piece, 0, piece, 0, from.array(), from.offset() + i * columns + first);
      }
      for (int j = 0; j < n; j++) {
        total[j] += piece[j];
      }
    }
    for (int j = 0; j < n; j++) {
      to.array()[to.offset() + first + j] = (float) total[j];
    }
  }
}
