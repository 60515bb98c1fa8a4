package dev.volute.backend.java.dense;

/** Copies of matrices in the order in which products read them. */
final class Packing {
  /** Steps of k between which a panel's cells stay in the first cache. */
  private static final int DEPTH = 64;

  private Packing() {}

  /**
   * Packs m rows by k columns of a matrix, times alpha, in panels of {@code height} rows: panel by
   * panel, in it column by column. The last panel is filled up with zeros.
   *
   * @param rowStep distance of rows
   * @param kStep distance of columns
   */
  static void rows(
      int m,
      int k,
      float alpha,
      float[] a,
      int aAt,
      int rowStep,
      int kStep,
      int height,
      float[] to,
      int toAt) {
    for (int i = 0, panel = toAt; i < m; i += height, panel += height * k) {
      int rows = Math.min(height, m - i);
      for (int r = 0; r < height; r++) {
        int from = aAt + (i + r) * rowStep;
        if (r >= rows) {
          fill(k, to, panel + r, height);
        } else if (alpha == 1f) {
          copy(k, a, from, kStep, to, panel + r, height);
        } else {
          scale(k, alpha, a, from, kStep, to, panel + r, height);
        }
      }
    }
  }

  /**
   * Packs k rows by n columns of a matrix in panels of {@code width} columns: panel by panel, in it
   * row by row. The last panel is filled up with zeros.
   *
   * @param kStep distance of rows
   * @param columnStep distance of columns
   */
  static void columns(
      int k,
      int n,
      float[] b,
      int bAt,
      int kStep,
      int columnStep,
      int width,
      float[] to,
      int toAt) {
    for (int j = 0, panel = toAt; j < n; j += width, panel += width * k) {
      int columns = Math.min(width, n - j);
      int from = bAt + j * columnStep;
      if (columnStep == 1) {
        for (int l = 0; l < k; l++) {
          System.arraycopy(b, from + l * kStep, to, panel + l * width, columns);
        }
      } else {
        for (int l = 0; l < k; l += DEPTH) {
          int depth = Math.min(DEPTH, k - l);
          for (int r = 0; r < columns; r++) {
            copy(
                depth,
                b,
                from + l * kStep + r * columnStep,
                kStep,
                to,
                panel + l * width + r,
                width);
          }
        }
      }
      for (int r = columns; r < width; r++) {
        fill(k, to, panel + r, width);
      }
    }
  }

  private static void copy(
      int n, float[] from, int at, int step, float[] to, int toAt, int toStep) {
    for (int i = 0; i < n; i++, at += step, toAt += toStep) {
      to[toAt] = from[at];
    }
  }

  private static void scale(
      int n, float alpha, float[] from, int at, int step, float[] to, int toAt, int toStep) {
    for (int i = 0; i < n; i++, at += step, toAt += toStep) {
      to[toAt] = alpha * from[at];
    }
  }

  private static void fill(int n, float[] to, int toAt, int toStep) {
    for (int i = 0; i < n; i++, toAt += toStep) {
      to[toAt] = 0f;
    }
  }
}
