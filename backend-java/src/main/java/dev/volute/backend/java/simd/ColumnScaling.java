package dev.volute.backend.java.simd;

/**
 * Functions of each element of rows of {@code width} floats without gaps, and of what its column
 * has: element (i, j) of x is at {@code xAt + i * width + j}. A result may take the place of an
 * argument.
 */
public interface ColumnScaling {
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
