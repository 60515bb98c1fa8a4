package dev.volute.backend.java.simd;

/**
 * Sums of each column of rows of {@code width} floats without gaps: element (i, j) of x is at
 * {@code xAt + i * width + j}.
 */
public interface ColumnFolds {
  /** {@code sums[j] = sum over i of x[i, j]}. */
  void sum(int rows, int width, float[] x, int xAt, float[] sums, int sumsAt);

  /** {@code sums[j] = sum over i of (x[i, j] - mean[j])^2}. */
  void centredSquares(
      int rows, int width, float[] x, int xAt, float[] mean, int meanAt, float[] sums, int sumsAt);

  /**
   * {@code sums[j] = sum over i of y[i, j]} and {@code products[j] = sum over i of (x[i, j] -
   * mean[j]) * y[i, j]}.
   */
  void sumAndCentredDot(
      int rows,
      int width,
      float[] x,
      int xAt,
      float[] mean,
      int meanAt,
      float[] y,
      int yAt,
      float[] sums,
      int sumsAt,
      float[] products,
      int productsAt);
}
