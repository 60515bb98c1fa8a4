package dev.volute.backend.java.simd;

/**
 * Products of filters with windows that lie side by side: a row of a product is a filter, its
 * columns are windows.
 *
 * <p>Each element of a result is one sum in the order of a filter's elements, so that its bits do
 * not depend on what is computed beside it.
 */
public interface WindowProducts {
  /** Windows that are multiplied at a time, at most. */
  int columns();

  /** Windows that take as long as a single one. */
  int unit();

  /** Elements of c's rows, and behind the last windows in b, that are used if n is less. */
  default int overrun() {
    return unit() - 1;
  }

  /**
   * Rows of the next panel of filters, where so many are left. Those that fill up the last panel do
   * not count.
   */
  int panelHeight(int rows);

  /** Distance of a panel's elements for one l from those for the next, at least its height. */
  int panelPitch(int height);

  /**
   * {@code c = max(low, bias + a b)} for n windows; NaN stays NaN.
   *
   * <p>Filters lie in panels behind one another: element l of a panel's filter i is {@code l *
   * panelPitch + i} behind its first. Element l of window j is at {@code bAt + cells[l] + j}, its
   * result for filter i at {@code cAt + i cStep + j}.
   *
   * @param m filters
   * @param n windows, at most {@link #columns}; up to {@link #overrun} more may be read, and
   *     written behind each row
   * @param bias an element for each filter, and as many behind the last as panels have filters that
   *     do not count
   */
  void multiply(
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
      int cStep);
}
