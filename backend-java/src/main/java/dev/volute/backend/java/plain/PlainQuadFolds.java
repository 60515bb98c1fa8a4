package dev.volute.backend.java.plain;

import dev.volute.backend.java.simd.QuadFolds;

/** Folds of windows one by one, without branches: what is largest depends on the data. */
final class PlainQuadFolds implements QuadFolds {
  @Override
  public int overrun() {
    return 0;
  }

  @Override
  public void maxima(int rows, int width, float[] x, int xAt, float[] scratch, float[] y, int yAt) {
    for (int row = 0; row < rows; row++) {
      int above = xAt + 4 * row * width;
      int below = above + 2 * width;
      int to = yAt + row * width;
      for (int i = 0; i < width; i++) {
        float first = Math.max(x[above + 2 * i], x[above + 2 * i + 1]);
        float second = Math.max(x[below + 2 * i], x[below + 2 * i + 1]);
        y[to + i] = Math.max(first, second);
      }
    }
  }

  @Override
  public void firstMaxima(
      int rows,
      int width,
      float[] x,
      int xAt,
      int[] scratch,
      int[] cells,
      float[] y,
      int yAt,
      int[] at,
      int atAt) {
    for (int row = 0; row < rows; row++) {
      int above = xAt + 4 * row * width;
      int below = above + 2 * width;
      int window = row * width;
      for (int i = 0; i < width; i++, window++) {
        int best = PlainWindowFolds.ordered(x[above + 2 * i]);
        int next = Math.max(best, PlainWindowFolds.ordered(x[above + 2 * i + 1]));
        int cell = PlainWindowFolds.differs(next, best);
        best = Math.max(next, PlainWindowFolds.ordered(x[below + 2 * i]));
        cell += (2 - cell) & -PlainWindowFolds.differs(next, best);
        next = Math.max(best, PlainWindowFolds.ordered(x[below + 2 * i + 1]));
        cell += (3 - cell) & -PlainWindowFolds.differs(next, best);
        y[yAt + window] = PlainWindowFolds.value(next);
        at[atAt + window] = cell;
      }
    }
  }

  @Override
  public void spread(
      int rows, int width, int[] at, int atAt, float[] g, int gAt, float[] x, int xAt) {
    for (int row = 0; row < rows; row++) {
      int above = xAt + 4 * row * width;
      int below = above + 2 * width;
      int window = row * width;
      for (int i = 0; i < width; i++, window++) {
        int cell = at[atAt + window];
        float value = g[gAt + window];
        x[above + 2 * i] = cell == 0 ? value : 0f;
        x[above + 2 * i + 1] = cell == 1 ? value : 0f;
        x[below + 2 * i] = cell == 2 ? value : 0f;
        x[below + 2 * i + 1] = cell == 3 ? value : 0f;
      }
    }
  }
}
