package dev.volute.backend.java.plain;

import dev.volute.backend.java.simd.Products;
import dev.volute.backend.java.simd.WindowProducts;
import java.util.Arrays;

/** Products of windows that are copied to rows behind one another. */
final class PlainWindowProducts implements WindowProducts {
  private static final int COLUMNS = 256;

  /** Elements of windows that are copied at a time. */
  private static final int DEPTH = 64;

  private final Products products = new PlainProducts();
  private final ThreadLocal<float[]> rows =
      ThreadLocal.withInitial(() -> new float[DEPTH * COLUMNS]);

  @Override
  public int columns() {
    return COLUMNS;
  }

  @Override
  public int unit() {
    return 1;
  }

  @Override
  public int panelHeight(int rows) {
    return products.panelRows();
  }

  @Override
  public int panelPitch(int height) {
    return height;
  }

  @Override
  public void multiply(
      int m,
      int n,
      int k,
      float[] a,
      int aAt,
      float[] b,
      int bAt,
      int[] cells,
      float[] bias,
      int biasAt,
      float low,
      float[] c,
      int cAt,
      int cStep) {
    for (int i = 0; i < m; i++) {
      Arrays.fill(c, cAt + i * cStep, cAt + i * cStep + n, bias[biasAt + i]);
    }
    float[] block = rows.get();
    int height = products.panelRows();
    for (int first = 0; first < k; first += DEPTH) {
      int depth = Math.min(DEPTH, k - first);
      for (int l = 0; l < depth; l++) {
        System.arraycopy(b, bAt + cells[first + l], block, l * COLUMNS, n);
      }
      int from = aAt + first * height;
      products.multiplyAdd(
          m, n, depth, a, from, height * k, 1, height, block, 0, COLUMNS, c, cAt, cStep);
    }
    for (int i = 0; i < m && low > Float.NEGATIVE_INFINITY; i++) {
      bound(n, low, c, cAt + i * cStep);
    }
  }

  private static void bound(int n, float low, float[] c, int cAt) {
    for (int j = 0; j < n; j++) {
      c[cAt + j] = c[cAt + j] < low ? low : c[cAt + j];
    }
  }
}
