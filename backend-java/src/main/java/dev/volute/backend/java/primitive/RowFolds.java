package dev.volute.backend.java.primitive;

import dev.volute.backend.java.parallel.Workspace;

/** Makes one result after the other, each from runs along the reduced axes. */
final class RowFolds implements Walk.Block {
  /** Floats that are folded in single precision; their results are folded in double. */
  private static final int PIECE = 512;

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
  RowFolds(FloatFold fold, float[] y, float[] x, Walk walk, Walk over, Workspace workspace) {
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
      for (int i = 0; i < columns; i++) {
        y[yAt + row * to.row() + i * to.column()] =
            (float) folded(xAt + row * from.row() + i * from.column());
      }
    }
  }

  private double folded(int first) {
    double total = fold.neutral();
    for (int plane = 0; plane < over.planes(); plane++) {
      int start = first + over.planeAt(0, plane);
      for (int row = 0; row < over.rows(); row++) {
        total = along.column() == 1 ? run(total, start) : gathered(total, start);
        start += along.row();
      }
    }
    return total;
  }

  private double run(double total, int start) {
    for (int at = 0; at < over.columns(); at += PIECE) {
      int n = Math.min(PIECE, over.columns() - at);
      total = fold.totals().applyAsDouble(total, fold.runs().of(n, x, start + at));
    }
    return total;
  }

  private double gathered(double total, int start) {
    float[] buffer = workspace.floats(0, PIECE);
    for (int at = 0; at < over.columns(); at += PIECE) {
      int n = Math.min(PIECE, over.columns() - at);
      Strided.gather(1, n, x, start + at * along.column(), along, buffer);
      total = fold.totals().applyAsDouble(total, fold.runs().of(n, buffer, 0));
    }
    return total;
  }
}
