package dev.volute.backend.java.simd;

/**
 * What the cells of windows give together, for windows that lie side by side: cell c of window i is
 * at {@code xAt + places[c] + i}.
 */
public interface WindowFolds {
  /** Elements behind the last window that may be read in x, and written in results. */
  int overrun();

  /** {@code y[i] = start + sum over c of weights[c] * x[xAt + places[c] + i]}. */
  void sums(int n, float[] weights, int[] places, float start, float[] x, int xAt, float[] y);

  /** {@code y[i] =} the largest value of window i; NaN if it has one. */
  void maxima(int n, int[] places, float[] x, int xAt, float[] y);

  /**
   * {@link #maxima}, and in {@code at[i]} the first cell that has the largest value; the first NaN
   * if there is one, and 0 if all are minus infinity.
   */
  void firstMaxima(int n, int[] places, float[] x, int xAt, float[] y, int[] at);
}
