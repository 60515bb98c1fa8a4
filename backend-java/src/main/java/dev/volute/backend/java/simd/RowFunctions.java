package dev.volute.backend.java.simd;

/** What composites do to whole runs of floats. A result may take the place of an argument. */
public interface RowFunctions {
  /** {@code y[i] = e^(x[i] - top)}; returns the sum of y. */
  float exponentials(int n, float[] y, int yAt, float[] x, int xAt, float top);

  /** {@code y[i] = x[i] * factor + shift}. */
  void affine(int n, float[] y, int yAt, float[] x, int xAt, float factor, float shift);

  /** {@code y[i] = a[i] * (b[i] - shift)}. */
  void shiftedProduct(
      int n, float[] y, int yAt, float[] a, int aAt, float[] b, int bAt, float shift);

  /** The sum of {@code (a[i] - aMean) * (b[i] - bMean)}. */
  float centredDot(int n, float[] a, int aAt, float aMean, float[] b, int bAt, float bMean);

  /** {@code y[i] = a[i] * aFactor + (b[i] - bMean) * bFactor + shift}. */
  void combination(
      int n,
      float[] y,
      int yAt,
      float[] a,
      int aAt,
      float aFactor,
      float[] b,
      int bAt,
      float bMean,
      float bFactor,
      float shift);

  /** {@code y[i] = condition[i] != 0 ? a[i] : b[i]}. */
  void choose(
      int n, float[] y, int yAt, float[] condition, int at, float[] a, int aAt, float[] b, int bAt);

  /** {@code y[i] = u[i] >= rate ? x[i] * scale : 0}; u starts at 0. */
  void keep(int n, float[] y, int yAt, float[] x, int xAt, float[] u, float rate, float scale);
}
