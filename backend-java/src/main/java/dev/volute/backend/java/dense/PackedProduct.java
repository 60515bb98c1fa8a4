package dev.volute.backend.java.dense;

import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.parallel.Workspace;
import dev.volute.backend.java.simd.Products;

/**
 * Products of many matrices of few rows with one matrix b, which is packed once. They run on the
 * calling thread and use slot 0 of its workspace.
 */
public final class PackedProduct {
  /** Elements of a sum that are added before the next panel: it stays in the first cache. */
  private static final int DEPTH = 256;

  /** Up to this many rows, a is read where it lies: packing it would cost more than it saves. */
  private static final int DIRECT_ROWS = 4;

  private final Products products;
  private final Workspace workspace;
  private final int k;
  private final int n;
  private final int width;
  private final int height;

  /**
   * @param k rows of b
   * @param n columns of b
   */
  public PackedProduct(int k, int n, Machine machine) {
    this.k = k;
    this.n = n;
    products = machine.simd().products();
    workspace = machine.workers().workspace();
    width = products.panelColumns();
    height = products.panelRows();
  }

  /** Columns of b. */
  public int columns() {
    return n;
  }

  /** Elements of the packed matrix. */
  public int length() {
    return (n + width - 1) / width * width * k;
  }

  /**
   * Packs b.
   *
   * @param kStep distance of b's rows
   * @param columnStep distance of b's columns
   */
  public void pack(float[] b, int bAt, int kStep, int columnStep, float[] packed, int packedAt) {
    Packing.columns(k, n, b, bAt, kStep, columnStep, width, packed, packedAt);
  }

  /** {@code c = c + a b} with a and c of m rows. */
  public void add(
      int m,
      float[] a,
      int aAt,
      int aStep,
      float[] packed,
      int packedAt,
      float[] c,
      int cAt,
      int cStep) {
    for (int l = 0; l < k; l += DEPTH) {
      int length = Math.min(DEPTH, k - l);
      int panel = packedAt + l * width;
      if (m <= DIRECT_ROWS) {
        add(m, length, a, aAt + l, height * aStep, aStep, 1, packed, panel, c, cAt, cStep);
      } else {
        float[] rows = workspace.floats(0, (m + height) * DEPTH);
        Packing.rows(m, length, 1f, a, aAt + l, aStep, 1, height, rows, 0);
        add(m, length, rows, 0, height * length, 1, height, packed, panel, c, cAt, cStep);
      }
    }
  }

  private void add(
      int m,
      int length,
      float[] a,
      int aAt,
      int panelStep,
      int rowStep,
      int kStep,
      float[] packed,
      int packedAt,
      float[] c,
      int cAt,
      int cStep) {
    for (int j = 0; j < n; j += width) {
      products.multiplyAdd(
          m,
          Math.min(width, n - j),
          length,
          a,
          aAt,
          panelStep,
          rowStep,
          kStep,
          packed,
          packedAt + j * k,
          width,
          c,
          cAt + j,
          cStep);
    }
  }
}
