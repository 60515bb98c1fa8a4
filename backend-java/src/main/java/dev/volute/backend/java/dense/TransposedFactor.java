package dev.volute.backend.java.dense;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.simd.Products;

/**
 * A factor a that comes transposed, some rows of {@code [k, m]} at a time, and is packed as {@link
 * JointProducts} read it: in blocks of k, in each the m rows of a in panels.
 */
public final class TransposedFactor {
  /** Elements of a sum that are added at a time: a panel stays in a near cache. */
  private static final int DEPTH = 384;

  private final int m;
  private final int depth;
  private final Floats memory;
  private final Products products;

  /**
   * @param k how many there are at most
   * @param memory of {@link #length} elements
   */
  public TransposedFactor(int m, int k, Floats memory, Machine machine) {
    this.m = m;
    this.memory = memory;
    products = machine.simd().products();
    depth = depth(k);
  }

  /** Elements of memory that a factor takes. */
  public static int length(int m, int k, Machine machine) {
    return blocks(k) * depth(k) * machine.simd().products().panelledRows(m);
  }

  private static int blocks(int k) {
    return (k + DEPTH - 1) / DEPTH;
  }

  private static int depth(int k) {
    return k == 0 ? 1 : (k + blocks(k) - 1) / blocks(k);
  }

  /**
   * Packs the panels that begin with some of the m columns of n rows.
   *
   * @param l which row the first of them is
   * @param from the first of these columns
   * @param to behind the last of these columns
   * @param xAt where the first of the rows begins
   */
  public void pack(int l, int n, int from, int to, float[] x, int xAt, int xStep) {
    int height;
    for (int column = 0; column < to; column += height) {
      height = products.panelHeight(m - column);
      for (int i = 0; column >= from && i < n; ) {
        int inBlock = (l + i) % depth;
        int length = Math.min(n - i, depth - inBlock);
        products.packPanel(
            height,
            Math.min(height, m - column),
            length,
            x,
            xAt + i * xStep + column,
            xStep,
            memory.array(),
            at(l + i - inBlock) + column * depth + inBlock * height);
        i += length;
      }
    }
  }

  /** Rows of a. */
  public int m() {
    return m;
  }

  /** Rows of all panels. */
  int panelledRows() {
    return products.panelledRows(m);
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
    return memory.offset() + l / depth * depth * panelledRows();
  }
}
