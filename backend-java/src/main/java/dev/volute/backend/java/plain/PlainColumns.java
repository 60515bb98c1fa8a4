package dev.volute.backend.java.plain;

import dev.volute.backend.java.simd.ColumnFolds;
import dev.volute.backend.java.simd.ColumnScaling;
import java.util.Arrays;

/** Row after row: loops that the JVM's compiler turns into vectors by itself. */
final class PlainColumns implements ColumnFolds, ColumnScaling {
  @Override
  public void sum(int rows, int width, float[] x, int xAt, float[] sums, int sumsAt) {
    Arrays.fill(sums, sumsAt, sumsAt + width, 0f);
    for (int i = 0, at = xAt; i < rows; i++, at += width) {
      for (int j = 0; j < width; j++) {
        sums[sumsAt + j] += x[at + j];
      }
    }
  }

  @Override
  public void centredSquares(
      int rows, int width, float[] x, int xAt, float[] mean, int meanAt, float[] sums, int sumsAt) {
    Arrays.fill(sums, sumsAt, sumsAt + width, 0f);
    for (int i = 0, at = xAt; i < rows; i++, at += width) {
      for (int j = 0; j < width; j++) {
        float d = x[at + j] - mean[meanAt + j];
        sums[sumsAt + j] += d * d;
      }
    }
  }

  @Override
  public void sumAndCentredDot(
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
      int productsAt) {
    sum(rows, width, y, yAt, sums, sumsAt);
    Arrays.fill(products, productsAt, productsAt + width, 0f);
    for (int i = 0, at = 0; i < rows; i++, at += width) {
      for (int j = 0; j < width; j++) {
        products[productsAt + j] += (x[xAt + at + j] - mean[meanAt + j]) * y[yAt + at + j];
      }
    }
  }

  @Override
  public void affine(
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
      float high) {
    for (int i = 0, at = 0; i < rows; i++, at += width) {
      for (int j = 0; j < width; j++) {
        float sum = x[xAt + at + j] * factor[factorAt + j] + shift[shiftAt + j];
        y[yAt + at + j] = added ? sum + residual[residualAt + at + j] : sum;
      }
      if (low > Float.NEGATIVE_INFINITY || high < Float.POSITIVE_INFINITY) {
        for (int j = 0; j < width; j++) {
          y[yAt + at + j] = Math.min(high, Math.max(low, y[yAt + at + j]));
        }
      }
    }
  }

  @Override
  public void combination(
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
      int shiftAt) {
    for (int i = 0, at = 0; i < rows; i++, at += width) {
      for (int j = 0; j < width; j++) {
        float ofB =
            (b[bAt + at + j] - bMean[bMeanAt + j]) * bFactor[bFactorAt + j] + shift[shiftAt + j];
        y[yAt + at + j] = a[aAt + at + j] * aFactor[aFactorAt + j] + ofB;
      }
    }
  }
}
