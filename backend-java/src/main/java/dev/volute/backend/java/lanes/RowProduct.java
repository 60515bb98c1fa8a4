package dev.volute.backend.java.lanes;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * One row's product with a matrix that no near cache holds. It is as fast as that is read: four of
 * its rows at a time, from one end to the other.
 */
final class RowProduct {
  private static final VectorSpecies<Float> S = VectorLanes.FLOATS;
  private static final int L = S.length();

  private RowProduct() {}

  /** {@code c = c + a b}, where b has n columns. */
  static void multiplyAdd(
      int n,
      int k,
      float[] a,
      int aAt,
      int kStep,
      float[] b,
      int bAt,
      int bStep,
      float[] c,
      int cAt) {
    int l = 0;
    for (; l <= k - 4; l += 4) {
      fourRows(n, a, aAt + l * kStep, kStep, b, bAt + l * bStep, bStep, c, cAt);
    }
    for (; l < k; l++) {
      row(n, a[aAt + l * kStep], b, bAt + l * bStep, c, cAt);
    }
  }

  private static void fourRows(
      int n, float[] a, int aAt, int kStep, float[] b, int b0, int bStep, float[] c, int cAt) {
    float x0 = a[aAt];
    float x1 = a[aAt + kStep];
    float x2 = a[aAt + 2 * kStep];
    float x3 = a[aAt + 3 * kStep];
    FloatVector v0 = FloatVector.broadcast(S, x0);
    FloatVector v1 = FloatVector.broadcast(S, x1);
    FloatVector v2 = FloatVector.broadcast(S, x2);
    FloatVector v3 = FloatVector.broadcast(S, x3);
    int b1 = b0 + bStep;
    int b2 = b1 + bStep;
    int b3 = b2 + bStep;
    int j = 0;
    for (; j <= n - L; j += L) {
      FloatVector y = FloatVector.fromArray(S, c, cAt + j);
      y = v0.fma(FloatVector.fromArray(S, b, b0 + j), y);
      y = v1.fma(FloatVector.fromArray(S, b, b1 + j), y);
      y = v2.fma(FloatVector.fromArray(S, b, b2 + j), y);
      y = v3.fma(FloatVector.fromArray(S, b, b3 + j), y);
      y.intoArray(c, cAt + j);
    }
    for (; j < n; j++) {
      float y = c[cAt + j];
      y = Math.fma(x0, b[b0 + j], y);
      y = Math.fma(x1, b[b1 + j], y);
      y = Math.fma(x2, b[b2 + j], y);
      y = Math.fma(x3, b[b3 + j], y);
      c[cAt + j] = y;
    }
  }

  private static void row(int n, float x, float[] b, int bAt, float[] c, int cAt) {
    FloatVector v = FloatVector.broadcast(S, x);
    int j = 0;
    for (; j <= n - L; j += L) {
      FloatVector y = FloatVector.fromArray(S, c, cAt + j);
      v.fma(FloatVector.fromArray(S, b, bAt + j), y).intoArray(c, cAt + j);
    }
    for (; j < n; j++) {
      c[cAt + j] = Math.fma(x, b[bAt + j], c[cAt + j]);
    }
  }
}
