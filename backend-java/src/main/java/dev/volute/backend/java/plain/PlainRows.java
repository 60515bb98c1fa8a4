package dev.volute.backend.java.plain;

import dev.volute.backend.java.simd.RowFunctions;

/** One element after the other; sums in four parts, so that additions need not wait. */
final class PlainRows implements RowFunctions {
  @Override
  public float exponentials(int n, float[] y, int yAt, float[] x, int xAt, float top) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      float power = Scalars.exp(x[xAt + i] - top);
      y[yAt + i] = power;
      sum += power;
    }
    return (float) sum;
  }

  @Override
  public void affine(int n, float[] y, int yAt, float[] x, int xAt, float factor, float shift) {
    for (int i = 0; i < n; i++) {
      y[yAt + i] = x[xAt + i] * factor + shift;
    }
  }

  @Override
  public void shiftedProduct(
      int n, float[] y, int yAt, float[] a, int aAt, float[] b, int bAt, float shift) {
    for (int i = 0; i < n; i++) {
      y[yAt + i] = a[aAt + i] * (b[bAt + i] - shift);
    }
  }

  @Override
  public float centredDot(int n, float[] a, int aAt, float aMean, float[] b, int bAt, float bMean) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    int i = 0;
    for (; i <= n - 4; i += 4) {
      s0 += (a[aAt + i] - aMean) * (b[bAt + i] - bMean);
      s1 += (a[aAt + i + 1] - aMean) * (b[bAt + i + 1] - bMean);
      s2 += (a[aAt + i + 2] - aMean) * (b[bAt + i + 2] - bMean);
      s3 += (a[aAt + i + 3] - aMean) * (b[bAt + i + 3] - bMean);
    }
    for (; i < n; i++) {
      s0 += (a[aAt + i] - aMean) * (b[bAt + i] - bMean);
    }
    return (s0 + s1) + (s2 + s3);
  }

  @Override
  public void combination(
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
      float shift) {
    for (int i = 0; i < n; i++) {
      y[yAt + i] = a[aAt + i] * aFactor + (b[bAt + i] - bMean) * bFactor + shift;
    }
  }

  @Override
  public void choose(
      int n,
      float[] y,
      int yAt,
      float[] condition,
      int at,
      float[] a,
      int aAt,
      float[] b,
      int bAt) {
    for (int i = 0; i < n; i++) {
      float yes = a[aAt + i];
      float no = b[bAt + i];
      y[yAt + i] = condition[at + i] != 0f ? yes : no;
    }
  }

  @Override
  public void keep(
      int n, float[] y, int yAt, float[] x, int xAt, float[] u, float rate, float scale) {
    for (int i = 0; i < n; i++) {
      y[yAt + i] = u[i] >= rate ? x[xAt + i] * scale : 0f;
    }
  }
}
