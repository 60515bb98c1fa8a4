package dev.volute.backend.java.simd;

/**
 * What windows of pixels whose channels lie side by side give together: channel i of cell c is at
 * {@code x[xAt + cells[c] + i]}.
 */
public interface PixelFolds {
  /** {@code y[yAt + i] =} the largest of {@code count} cells, one at least; NaN if there is one. */
  void maxima(int n, int count, int[] cells, float[] x, int xAt, float[] y, int yAt);

  /**
   * {@link #maxima}, and in {@code at[atAt + i]} the number of the first cell that has it, of those
   * in {@code numbers}; 0 if all are minus infinity.
   */
  void firstMaxima(
      int n,
      int count,
      int[] cells,
      int[] numbers,
      float[] x,
      int xAt,
      float[] y,
      int yAt,
      int[] at,
      int atAt);

  /** {@code y[yAt + i] += at[atAt + i] == number ? g[gAt + i] : 0}. */
  void addWhere(int n, int number, int[] at, int atAt, float[] g, int gAt, float[] y, int yAt);
}
