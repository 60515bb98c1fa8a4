package dev.volute.backend.java.dense;

/**
 * A matrix divided into equal blocks, but for the last of each axis.
 *
 * @param rows of a block
 * @param across how many blocks lie beside one another
 * @param columns of a block
 * @param parts how many blocks there are
 */
record Grid(int rows, int across, int columns, int parts) {
  /** Elements of a product's result that take, for each k, as long as one element to pack. */
  private static final long PACKING = 32;

  /**
   * At most {@code parts} blocks whose rows and columns are multiples of a panel's: those that take
   * the threads the least time, as each block packs its own rows of a and columns of b.
   */
  static Grid of(int m, int panelRows, int n, int panelColumns, int parts, int threads) {
    if (m == 0 || n == 0) {
      return new Grid(0, 0, 0, 0);
    }
    Grid best = blocks(length(m, panelRows, 1), length(n, panelColumns, 1), n, m);
    for (int across = 1; across <= parts; across++) {
      int columns = length(n, panelColumns, across);
      for (int down = 1; down * across <= parts; down++) {
        Grid next = blocks(length(m, panelRows, down), columns, n, m);
        if (next.cost(threads) < best.cost(threads)) {
          best = next;
        }
      }
    }
    return best;
  }

  private static Grid blocks(int rows, int columns, int n, int m) {
    int across = divideUp(n, columns);
    return new Grid(rows, across, columns, across * divideUp(m, rows));
  }

  /** About the time that all blocks take. */
  private long cost(int threads) {
    long block = (long) rows * columns + PACKING * (rows + columns);
    return divideUp(parts, threads) * block;
  }

  /** Length of each of about {@code parts} pieces. */
  private static int length(int whole, int panel, int parts) {
    return divideUp(divideUp(whole, panel), parts) * panel;
  }

  private static int divideUp(int n, int by) {
    return (n + by - 1) / by;
  }

  int row(int part) {
    return part / across * rows;
  }

  int column(int part) {
    return part % across * columns;
  }
}
