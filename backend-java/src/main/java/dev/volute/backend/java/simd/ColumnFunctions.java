package dev.volute.backend.java.simd;

/**
 * What is done column by column to rows of {@code width} floats without gaps: element (i, j) of x
 * is at {@code xAt + i * width + j}. A result may take the place of an argument.
 */
public interface ColumnFunctions {
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

  /**
   * {@code y[i, j] = min(high, max(low, x[i, j] * factor[j] + shift[j] + r[i, j]))}, where r is the
   * residual if it is {@code added}, or else 0.
   */
  void affine(
      int rows,
      int width,
      float[] y,
      int yAt,
      float[] x,
      int xAt,
      float[] factor,
      int factorAt,
      float[] shift,
      int shiftAt,
      boolean added,
      float[] residual,
      int residualAt,
      float low,
      float high);

  /** {@code y[i, j] = a[i, j] * aFactor[j] + (b[i, j] - bMean[j]) * bFactor[j] + shift[j]}. */
  void combination(
      int rows,
      int width,
      float[] y,
      int yAt,
      float[] a,
      int aAt,
      float[] aFactor,
      int aFactorAt,
      float[] b,
      int bAt,
      float[] bMean,
      int bMeanAt,
      float[] bFactor,
      int bFactorAt,
      float[] shift,
      int shiftAt);
}
