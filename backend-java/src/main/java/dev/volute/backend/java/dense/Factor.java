package dev.volute.backend.java.dense;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.parallel.Workspace;
import dev.volute.backend.java.simd.Products;

/**
 * A matrix b that many matrices of few rows are multiplied by: packed once, or read where it lies.
 * The products run on the calling thread and use slot 0 of its workspace.
 */
public final class Factor {
  /** Elements of a sum that are added before the next block: a panel stays in a near cache. */
  private static final int DEPTH = 384;

  /** Up to this many rows, a is read where it lies: packing it would cost more than it saves. */
  private static final int DIRECT_ROWS = 4;

  /** Columns of b that are read at a time where it lies: more would not stay in the cache. */
  private static final int DIRECT_COLUMNS = 1024;

  private final Products products;
  private final Workspace workspace;
  private final int k;
  private final int n;
  private final int kStep;
  private final int columnStep;
  private final boolean packed;
  private final int panel;
  private final int height;
  private final int blocks;
  private final int depth;

  /**
   * @param rows of the matrices that are multiplied by it
   * @param k rows of b
   * @param n columns of b
   * @param kStep distance of b's rows as it lies
   * @param columnStep distance of b's columns as it lies
   * @param packed whether it is packed; it must be where {@code columnStep} is not 1
   */
  public Factor(
      int rows, int k, int n, int kStep, int columnStep, boolean packed, Machine machine) {
    this.k = k;
    this.n = n;
    this.kStep = kStep;
    this.columnStep = columnStep;
    this.packed = packed;
    products = machine.simd().products();
    workspace = machine.workers().workspace();
    panel = rows == 1 ? products.rowColumns() : products.panelColumns();
    height = products.panelRows();
    blocks = (k + DEPTH - 1) / DEPTH;
    depth = blocks == 0 ? 0 : (k + blocks - 1) / blocks;
  }

  /** Rows of b. */
  public int rows() {
    return k;
  }

  /** Columns of b. */
  public int columns() {
    return n;
  }

  /** Blocks of columns for {@link #multiply} begin at multiples of this. */
  public int columnUnit() {
    return packed ? panel : Math.min(panel, 64);
  }

  /** Elements of memory that a packed b takes. */
  public int length() {
    return packed ? (n + panel - 1) / panel * panel * k : 0;
  }

  /**
   * Packs some columns of b, if it is to be packed: those from a multiple of {@link #columnUnit}
   * on.
   */
  public void pack(Floats b, int from, int to, Floats memory) {
    if (packed) {
      Packing.columns(
          k,
          to - from,
          b.array(),
          b.offset() + from * columnStep,
          kStep,
          columnStep,
          panel,
          products,
          memory.array(),
          memory.offset() + from * k);
    }
  }

  /**
   * Adds columns {@code from} (inclusive) to {@code to} (exclusive) of {@code a b} to those of c,
   * whose rows are as many as those of all groups of a's rows.
   *
   * @param groups of rows of a
   * @param rows of each group
   * @param groupStep distance of groups
   * @param aStep distance of the rows of a group
   * @param b the packed matrix, or b as it lies
   */
  public void multiply(
      int groups,
      int rows,
      float[] a,
      int aAt,
      int groupStep,
      int aStep,
      Floats b,
      int from,
      int to,
      float[] c,
      int cAt,
      int cStep) {
    int m = groups * rows;
    boolean direct = m <= DIRECT_ROWS && groups == 1;
    int block = direct ? depth : (m + height) * Products.ROW_PITCH;
    float[] near = direct ? a : workspace.floats(0, blocks * block);
    if (!direct) {
      for (int i = 0; i < blocks * groups; i++) {
        int l = i / groups * depth;
        int group = i % groups;
        int at = i / groups * block + group * rows * Products.ROW_PITCH;
        int length = Math.min(depth, k - l);
        Packing.rows(rows, length, 1f, a, aAt + group * groupStep + l, aStep, 1, near, at);
      }
    }
    int rowsAt = direct ? aAt : 0;
    int rowStep = direct ? aStep : Products.ROW_PITCH;
    int columns = packed ? panel : DIRECT_COLUMNS;
    // What is added to some columns of c stays in the first cache.
    for (int j = from; j < to; j += columns) {
      int width = Math.min(columns, to - j);
      for (int i = 0; i < blocks; i++) {
        int l = i * depth;
        products.multiplyAdd(
            m,
            width,
            Math.min(depth, k - l),
            near,
            rowsAt + i * block,
            height * rowStep,
            rowStep,
            1,
            b.array(),
            b.offset() + (packed ? j * k + l * panel : l * kStep + j),
            packed ? panel : kStep,
            c,
            cAt + j,
            cStep);
      }
    }
  }
}
