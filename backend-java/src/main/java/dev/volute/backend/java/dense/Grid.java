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
  /**
   * About {@code parts} blocks whose rows and columns are multiples of a panel's, rather side by
   * side than one below the other.
   */
  static Grid of(int m, int panelRows, int n, int panelColumns, int parts) {
    if (m == 0 || n == 0) {
      return new Grid(0, 0, 0, 0);
    }
    int columns = length(n, panelColumns, parts);
    int across = divideUp(n, columns);
    int rows = length(m, panelRows, Math.max(1, parts / across));
    return new Grid(rows, across, columns, across * divideUp(m, rows));
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
