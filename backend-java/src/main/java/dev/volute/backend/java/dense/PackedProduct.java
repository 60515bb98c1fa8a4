package dev.volute.backend.java.dense;

import dev.volute.backend.java.simd.Products;

/**
 * Products of many matrices of few rows with one matrix b, which is packed once. It uses no threads
 * and no memory of its own.
 */
public final class PackedProduct {
  /** Elements of a sum that are added before the next panel: it stays in the first cache. */
  private static final int DEPTH = 256;

  private final Products products;
  private final int k;
  private final int n;
  private final int width;

  /**
   * @param k rows of b
   * @param n columns of b
   */
  public PackedProduct(int k, int n, Products products) {
    this.k = k;
    this.n = n;
    this.products = products;
    width = products.panelColumns();
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
      for (int j = 0; j < n; j += width) {
        products.multiplyAdd(
            m,
            Math.min(width, n - j),
            length,
            a,
            aAt + l,
            products.panelRows() * aStep,
            aStep,
            1,
            packed,
            packedAt + j * k + l * width,
            width,
            c,
            cAt + j,
            cStep);
      }
    }
  }
}
