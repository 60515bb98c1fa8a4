package dev.volute.backend.java.primitive;

import dev.volute.backend.java.parallel.Workspace;
import java.util.Arrays;

/** Makes many results at once: folds the first elements of all with the second ones, and so on. */
final class ColumnFolds implements Walk.Block {
  private static final int WIDTH = 512;

  /** Elements that are added in single precision; their sums are added in double. */
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
    int height = Math.max(1, WIDTH / columns);
    for (int row = 0; row < rows; row += height) {
      for (int column = 0; column < columns; column += WIDTH) {
        fold(
            Math.min(height, rows - row),
            Math.min(WIDTH, columns - column),
            yAt + row * to.row() + column * to.column(),
            xAt + row * from.row() + column * from.column());
      }
    }
  }

  private void fold(int rows, int columns, int yAt, int xAt) {
    int n = rows * columns;
    boolean direct = Strided.isRun(from, rows, columns);
    float[] part = workspace.floats(0, WIDTH);
    float[] next = direct ? x : workspace.floats(1, WIDTH);
    double[] total = workspace.doubles(WIDTH);
    Arrays.fill(part, 0, n, fold.neutral());
    Arrays.fill(total, 0, n, 0);
    int taken = 0;
    for (int plane = 0; plane < over.planes(); plane++) {
      int start = xAt + over.planeAt(0, plane);
      for (int i = 0; i < over.rows(); i++) {
        for (int j = 0; j < over.columns(); j++) {
          int at = start + i * along.row() + j * along.column();
          if (!direct) {
            Strided.gather(rows, columns, x, at, from, next);
          }
          fold.rows().run(n, part, 0, part, 0, next, direct ? at : 0);
          if (++taken == PIECE && fold.sums()) {
            settle(n, part, total);
            taken = 0;
          }
        }
      }
    }
    if (fold.sums()) {
      settle(n, part, total);
      for (int i = 0; i < n; i++) {
        part[i] = (float) total[i];
      }
    }
    Strided.scatter(rows, columns, part, y, yAt, to);
  }

  private static void settle(int n, float[] part, double[] total) {
    for (int i = 0; i < n; i++) {
      total[i] += part[i];
      part[i] = 0;
    }
  }
}
