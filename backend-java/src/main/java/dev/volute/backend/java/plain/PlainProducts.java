package dev.volute.backend.java.plain;

import dev.volute.backend.java.simd.Products;

/**
 * Products in loops that C2 turns into vectors. It does so only where every array is indexed by the
 * loop's variable alone: rows of b and c are copied to arrays of their own.
 */
final class PlainProducts implements Products {
  private static final int ROWS = 4;
  private static final int COLUMNS = 256;
  private static final int DEPTH = 64;

  private static final class Rows {
    final float[][] b = new float[DEPTH][COLUMNS];
    final float[][] c = new float[ROWS][COLUMNS];
  }

  private final ThreadLocal<Rows> rows = ThreadLocal.withInitial(Rows::new);

  @Override
  public int panelRows() {
    return ROWS;
  }

  @Override
  public int panelColumns() {
    return COLUMNS;
  }

  @Override
  public int rowColumns() {
    return COLUMNS;
  }

  @Override
  public void multiplyAdd(
      int m,
      int n,
      int k,
      float[] a,
      int aAt,
      int panelStep,
      int rowStep,
      int kStep,
      float[] b,
      int bAt,
      int bStep,
      float[] c,
      int cAt,
      int cStep) {
    Rows own = rows.get();
    for (int j = 0; j < n; j += COLUMNS) {
      int width = Math.min(COLUMNS, n - j);
      for (int from = 0; from < k; from += DEPTH) {
        int depth = Math.min(DEPTH, k - from);
        for (int l = 0; l < depth; l++) {
          System.arraycopy(b, bAt + (from + l) * bStep + j, own.b[l], 0, width);
        }
        for (int i = 0, panel = aAt + from * kStep; i < m; i += ROWS, panel += panelStep) {
          int height = Math.min(ROWS, m - i);
          int to = cAt + i * cStep + j;
          for (int r = 0; r < height; r++) {
            System.arraycopy(c, to + r * cStep, own.c[r], 0, width);
          }
          if (height == ROWS) {
            fourRows(width, depth, a, panel, rowStep, kStep, own);
          } else {
            for (int r = 0; r < height; r++) {
              row(width, depth, a, panel + r * rowStep, kStep, own.b, own.c[r]);
            }
          }
          for (int r = 0; r < height; r++) {
            System.arraycopy(own.c[r], 0, c, to + r * cStep, width);
          }
        }
      }
    }
  }

  @Override
  public void pack(
      int panels, int width, int k, float[] b, int bAt, int bStep, float[] to, int toAt) {
    for (int i = 0; i < panels; i++) {
      for (int l = 0; l < k; l++) {
        System.arraycopy(b, bAt + l * bStep + i * width, to, toAt + (i * k + l) * width, width);
      }
    }
  }

  @Override
  public int panelHeight(int rows) {
    return ROWS;
  }

  @Override
  public void packPanel(
      int height, int rows, int n, float[] x, int xAt, int xStep, float[] to, int toAt) {
    for (int l = 0; l < n; l++) {
      for (int i = 0; i < height; i++) {
        to[toAt + l * height + i] = i < rows ? x[xAt + l * xStep + i] : 0f;
      }
    }
  }

  @Override
  public void multiplyAddPanels(
      int m, int n, int k, int depth, float[] a, int aAt, float[] b, int bAt, float[] c, int cAt) {
    multiplyAdd(m, n, k, a, aAt, ROWS * depth, 1, ROWS, b, bAt, COLUMNS, c, cAt, COLUMNS);
  }

  private static void fourRows(
      int n, int k, float[] a, int aAt, int rowStep, int kStep, Rows rows) {
    int l = 0;
    for (; l + 4 <= k; l += 4) {
      int at = aAt + l * kStep;
      float[] b0 = rows.b[l];
      float[] b1 = rows.b[l + 1];
      float[] b2 = rows.b[l + 2];
      float[] b3 = rows.b[l + 3];
      for (int r = 0; r < ROWS; r++, at += rowStep) {
        addFour(
            n,
            a[at],
            b0,
            a[at + kStep],
            b1,
            a[at + 2 * kStep],
            b2,
            a[at + 3 * kStep],
            b3,
            rows.c[r]);
      }
    }
    for (; l < k; l++) {
      for (int r = 0; r < ROWS; r++) {
        add(n, a[aAt + r * rowStep + l * kStep], rows.b[l], rows.c[r]);
      }
    }
  }

  private static void row(int n, int k, float[] a, int aAt, int kStep, float[][] b, float[] c) {
    int l = 0;
    for (; l + 4 <= k; l += 4) {
      int at = aAt + l * kStep;
      addFour(
          n,
          a[at],
          b[l],
          a[at + kStep],
          b[l + 1],
          a[at + 2 * kStep],
          b[l + 2],
          a[at + 3 * kStep],
          b[l + 3],
          c);
    }
    for (; l < k; l++) {
      add(n, a[aAt + l * kStep], b[l], c);
    }
  }

  private static void addFour(
      int n,
      float x0,
      float[] b0,
      float x1,
      float[] b1,
      float x2,
      float[] b2,
      float x3,
      float[] b3,
      float[] c) {
    for (int j = 0; j < n; j++) {
      c[j] = c[j] + x0 * b0[j] + x1 * b1[j] + x2 * b2[j] + x3 * b3[j];
    }
  }

  private static void add(int n, float x, float[] b, float[] c) {
    for (int j = 0; j < n; j++) {
      c[j] = c[j] + x * b[j];
    }
  }
}
