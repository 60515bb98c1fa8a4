package dev.volute.backend.java.lanes;

import dev.volute.backend.java.plain.Scalars;
import dev.volute.backend.java.simd.RowFunctions;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Functions of rows on vectors, the last few elements one by one. */
final class VectorRows implements RowFunctions {
  private static final VectorSpecies<Float> S = VectorLanes.FLOATS;
  private static final int L = S.length();
  private static final FloatVector ZERO = FloatVector.zero(S);

  private static FloatVector load(float[] from, int at) {
    return FloatVector.fromArray(S, from, at);
  }

  @Override
  public float exponentials(int n, float[] y, int yAt, float[] x, int xAt, float top) {
    int i = 0;
    for (; i <= n - L; i += L) {
      VectorFunctions.exp(load(x, xAt + i).sub(top)).intoArray(y, yAt + i);
    }
    for (; i < n; i++) {
      y[yAt + i] = Scalars.exp(x[xAt + i] - top);
    }
    return sum(n, y, yAt);
  }

  /** By itself: a vector carried through the loop with the powers would be kept as an object. */
  private static float sum(int n, float[] y, int at) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    int i = 0;
    for (; i <= n - 4; i += 4) {
      s0 += y[at + i];
      s1 += y[at + i + 1];
      s2 += y[at + i + 2];
      s3 += y[at + i + 3];
    }
    for (; i < n; i++) {
      s0 += y[at + i];
    }
    return s0 + s1 + (s2 + s3);
  }

  @Override
  public void affine(int n, float[] y, int yAt, float[] x, int xAt, float factor, float shift) {
    int i = 0;
    for (; i <= n - L; i += L) {
      load(x, xAt + i).mul(factor).add(shift).intoArray(y, yAt + i);
    }
    for (; i < n; i++) {
      y[yAt + i] = x[xAt + i] * factor + shift;
    }
  }

  @Override
  public void shiftedProduct(
      int n, float[] y, int yAt, float[] a, int aAt, float[] b, int bAt, float shift) {
    int i = 0;
    for (; i <= n - L; i += L) {
      load(a, aAt + i).mul(load(b, bAt + i).sub(shift)).intoArray(y, yAt + i);
    }
    for (; i < n; i++) {
      y[yAt + i] = a[aAt + i] * (b[bAt + i] - shift);
    }
  }

  @Override
  public float centredDot(int n, float[] a, int aAt, float aMean, float[] b, int bAt, float bMean) {
    FloatVector s0 = FloatVector.zero(S);
    FloatVector s1 = FloatVector.zero(S);
    int i = 0;
    for (; i <= n - 2 * L; i += 2 * L) {
      s0 = s0.add(load(a, aAt + i).sub(aMean).mul(load(b, bAt + i).sub(bMean)));
      s1 = s1.add(load(a, aAt + i + L).sub(aMean).mul(load(b, bAt + i + L).sub(bMean)));
    }
    float total = 0;
    for (; i < n; i++) {
      total += (a[aAt + i] - aMean) * (b[bAt + i] - bMean);
    }
    return total + VectorLanes.sum(s0.add(s1));
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
    FloatVector mean = FloatVector.broadcast(S, bMean);
    FloatVector ofB = FloatVector.broadcast(S, bFactor);
    FloatVector ofA = FloatVector.broadcast(S, aFactor);
    FloatVector constant = FloatVector.broadcast(S, shift);
    int i = 0;
    // Six at a time, for a method of more than 325 bytecodes (FreqInlineSize): such a one is
    // compiled
    // by itself. Within its caller the compiler's limits would leave vectors as objects.
    for (; i <= n - 6 * L; i += 6 * L) {
      FloatVector c0 = load(b, bAt + i).sub(mean).mul(ofB).add(constant);
      FloatVector c1 = load(b, bAt + i + L).sub(mean).mul(ofB).add(constant);
      FloatVector c2 = load(b, bAt + i + 2 * L).sub(mean).mul(ofB).add(constant);
      FloatVector c3 = load(b, bAt + i + 3 * L).sub(mean).mul(ofB).add(constant);
      FloatVector c4 = load(b, bAt + i + 4 * L).sub(mean).mul(ofB).add(constant);
      FloatVector c5 = load(b, bAt + i + 5 * L).sub(mean).mul(ofB).add(constant);
      load(a, aAt + i).mul(ofA).add(c0).intoArray(y, yAt + i);
      load(a, aAt + i + L).mul(ofA).add(c1).intoArray(y, yAt + i + L);
      load(a, aAt + i + 2 * L).mul(ofA).add(c2).intoArray(y, yAt + i + 2 * L);
      load(a, aAt + i + 3 * L).mul(ofA).add(c3).intoArray(y, yAt + i + 3 * L);
      load(a, aAt + i + 4 * L).mul(ofA).add(c4).intoArray(y, yAt + i + 4 * L);
      load(a, aAt + i + 5 * L).mul(ofA).add(c5).intoArray(y, yAt + i + 5 * L);
    }
    for (; i <= n - L; i += L) {
      FloatVector c = load(b, bAt + i).sub(mean).mul(ofB).add(constant);
      load(a, aAt + i).mul(ofA).add(c).intoArray(y, yAt + i);
    }
    for (; i < n; i++) {
      y[yAt + i] = a[aAt + i] * aFactor + ((b[bAt + i] - bMean) * bFactor + shift);
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
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector no = load(b, bAt + i);
      no.blend(load(a, aAt + i), load(condition, at + i).compare(VectorOperators.NE, 0f))
          .intoArray(y, yAt + i);
    }
    for (; i < n; i++) {
      y[yAt + i] = condition[at + i] != 0f ? a[aAt + i] : b[bAt + i];
    }
  }

  @Override
  public void keep(
      int n, float[] y, int yAt, float[] x, int xAt, float[] u, float rate, float scale) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector scaled = load(x, xAt + i).mul(scale);
      ZERO.blend(scaled, load(u, i).compare(VectorOperators.GE, rate)).intoArray(y, yAt + i);
    }
    for (; i < n; i++) {
      y[yAt + i] = u[i] >= rate ? x[xAt + i] * scale : 0f;
    }
  }
}
