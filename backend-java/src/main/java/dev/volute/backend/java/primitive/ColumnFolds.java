package dev.volute.backend.java.primitive;

import dev.volute.backend.java.parallel.Workspace;
import java.util.Arrays;

/** Makes results together whose elements lie side by side, row upon row. */
final class ColumnFolds implements Walk.Block {
  private static final int WIDTH = 512;

  /** Rows that are folded in single precision; their results are folded in double. */
  private static final int PIECE = 64;

  private final FloatFold fold;
  private final float[] y;
  private final float[] x;
  private final Steps to;
  private final Steps from;
  private final Walk over;
  private final Steps along;
  private final Workspace workspace;

  /**
   * @param walk over the results and where the first element of each is
   * @param over where the other elements are from there
   */
  ColumnFolds(FloatFold fold, float[] y, float[] x, Walk walk, Walk over, Workspace workspace) {
    this.fold = fold;
    this.y = y;
    this.x = x;
    this.to = Steps.of(walk, 0);
    this.from = Steps.of(walk, 1);
    this.over = over;
    this.along = Steps.of(over, 0);
    this.workspace = workspace;
  }

  @Override
  public void run(int rows, int columns, int yAt, int xAt, int unused2, int unused3) {
    for (int row = 0; row < rows; row++) {
      for (int left = 0; left < columns; left += WIDTH) {
        fold(
            Math.min(WIDTH, columns - left),
            yAt + row * to.row() + left * to.column(),
            xAt + row * from.row() + left);
      }
    }
  }

  private void fold(int n, int yAt, int xAt) {
    float[] part = workspace.floats(0, WIDTH);
    double[] total = workspace.doubles(WIDTH);
    Arrays.fill(part, 0, n, fold.neutral());
    Arrays.fill(total, 0, n, fold.neutral());
    int taken = 0;
    for (int plane = 0; plane < over.planes(); plane++) {
      int start = xAt + over.planeAt(0, plane);
      for (int row = 0; row < over.rows(); row++) {
        for (int column = 0; column < over.columns(); column++) {
          int at = start + row * along.row() + column * along.column();
          fold.rows().run(n, part, 0, part, 0, x, at);
          if (++taken == PIECE) {
            settle(n, part, total);
            taken = 0;
          }
        }
      }
    }
    settle(n, part, total);
    for (int i = 0; i < n; i++) {
      y[yAt + i * to.column()] = (float) total[i];
    }
  }

  private void settle(int n, float[] part, double[] total) {
    for (int i = 0; i < n; i++) {
      total[i] = fold.totals().applyAsDouble(total[i], part[i]);
      part[i] = fold.neutral();
    }
  }
}
