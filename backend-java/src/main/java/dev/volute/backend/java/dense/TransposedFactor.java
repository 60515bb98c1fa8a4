package dev.volute.backend.java.dense;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.simd.Products;

/**
 * A factor a that comes transposed, some rows of {@code [k, m]} at a time, and is packed as {@link
 * JointProducts} read it: in blocks of k, in each the m rows of a side by side.
 */
public final class TransposedFactor {
  /** Elements of a sum that are added at a time: about as many as a packed row holds. */
  private static final int DEPTH = 384;

  private final int m;
  private final int depth;
  private final Floats memory;

  /**
   * @param k how many there are at most
   * @param memory of {@link #length} elements
   */
  public TransposedFactor(int m, int k, Floats memory) {
    this.m = m;
    this.memory = memory;
    depth = depth(k);
  }

  /** Elements of memory that a factor takes. */
  public static int length(int m, int k) {
    return blocks(k) * m * Products.ROW_PITCH;
  }

  private static int blocks(int k) {
    return (k + DEPTH - 1) / DEPTH;
  }

  private static int depth(int k) {
    return k == 0 ? 1 : (k + blocks(k) - 1) / blocks(k);
  }

  /**
   * Packs some of the m columns of n rows.
   *
   * @param l which row the first of them is
   * @param from the first column
   * @param to behind the last column
   * @param xAt where the first of the rows begins
   */
  public void pack(int l, int n, int from, int to, float[] x, int xAt, int xStep) {
    for (int i = 0; i < n; ) {
      int inBlock = (l + i) % depth;
      int length = Math.min(n - i, depth - inBlock);
      Packing.rows(
          to - from,
          length,
          1f,
          x,
          xAt + i * xStep + from,
          1,
          xStep,
          memory.array(),
          at(l + i - inBlock) + from * Products.ROW_PITCH + inBlock);
      i += length;
    }
  }

  /** Rows of a. */
  public int m() {
    return m;
  }

  /** How many of k a block has, but for the last. */
  int depth() {
    return depth;
  }

  float[] array() {
    return memory.array();
  }

  /** Where the block begins whose first of k is l. */
  int at(int l) {
    return memory.offset() + l / depth * m * Products.ROW_PITCH;
  }
}
