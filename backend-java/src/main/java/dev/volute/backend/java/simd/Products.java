package dev.volute.backend.java.simd;

/**
 * Products of blocks of matrices of floats.
 *
 * <p>Each element of a result is one sum in the order of k, so that its bits do not depend on which
 * block it is computed in.
 */
public interface Products {
  /**
   * The distance of rows of a that is fastest where kStep is 1; not a multiple of a cache's size,
   * so that rows do not drive one another out.
   */
  int ROW_PITCH = 400;

  /** Rows of a that are read at a time: the height of a panel. */
  int panelRows();

  /** Columns of b that are read at a time: the best width of a packed panel. */
  int panelColumns();

  /** The best width of a packed panel for the product of a single row. */
  int rowColumns();

  /**
   * {@code c = c + a b}, where a has m rows, b has n columns and c is row-major.
   *
   * <p>Element (i, l) of a is at {@code aAt + i / panelRows * panelStep + i % panelRows * rowStep +
   * l * kStep}: a may be packed in panels, row-major or transposed. Element (l, j) of b is at
   * {@code bAt + l * bStep + j}. Elements of b's array behind a row's last may be read, but do not
   * count.
   */
  void multiplyAdd(
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
      int cStep);

  /**
   * Packs k rows of b in whole panels: panel by panel, in it row by row.
   *
   * @param panels how many there are, side by side in b
   * @param width columns of each: {@link #panelColumns} or {@link #rowColumns}
   * @param bStep distance of b's rows
   */
  void pack(int panels, int width, int k, float[] b, int bAt, int bStep, float[] to, int toAt);

  /**
   * Rows of the next panel of a in {@link #multiplyAddPanels}, where so many are left. Those that
   * fill up the last one do not count.
   */
  int panelHeight(int rows);

  /** Rows of all panels that m rows of a take. */
  default int panelledRows(int m) {
    int rows = 0;
    while (rows < m) {
      rows += panelHeight(m - rows);
    }
    return rows;
  }

  /**
   * Packs n steps of k of a panel: what lies side by side stays so.
   *
   * @param height {@link #panelHeight}
   * @param rows of them that there are; the others are filled up with zeros
   * @param x the rows' elements for the first step
   * @param xStep distance from one step to the next
   */
  void packPanel(int height, int rows, int n, float[] x, int xAt, int xStep, float[] to, int toAt);

  /**
   * Like {@link #multiplyAdd} for a panel of b, with c in rows of {@link #panelColumns} elements,
   * as many as {@link #panelledRows}, and with a in panels of {@link #panelHeight} rows.
   *
   * @param n columns that count, of those of the panel of b; the others may be computed, too
   * @param depth steps of k between a panel and the next: the panel whose first row is i begins at
   *     {@code aAt + i * depth}
   */
  void multiplyAddPanels(
      int m, int n, int k, int depth, float[] a, int aAt, float[] b, int bAt, float[] c, int cAt);
}
