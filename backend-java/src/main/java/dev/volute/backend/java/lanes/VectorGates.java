package dev.volute.backend.java.lanes;

import dev.volute.backend.java.simd.Gates;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Recurrent cells on vectors of units, the last few units one by one. No products are fused, so
 * that a unit's bits do not depend on where it stands. Each method is short: C2 makes objects of
 * vectors where it runs out of the bytecodes that it may inline.
 */
final class VectorGates implements Gates {
  private static final VectorSpecies<Float> S = VectorLanes.FLOATS;
  private static final int L = S.length();
  private static final FloatVector ZERO = FloatVector.zero(S);
  private static final FloatVector ONE = FloatVector.broadcast(S, 1f);

  private final Gates single;

  /**
   * @param single does the units that do not fill a vector
   */
  VectorGates(Gates single) {
    this.single = single;
  }

  private static FloatVector load(float[] from, int at) {
    return FloatVector.fromArray(S, from, at);
  }

  private static FloatVector counted(FloatVector gradient) {
    return gradient.blend(0f, gradient.abs().compare(VectorOperators.LT, LEAST_GRADIENT));
  }

  /** {@code g * y * (1 - y)}. */
  private static FloatVector sigmoidGradient(FloatVector g, FloatVector y) {
    return g.mul(y).mul(ONE.sub(y));
  }

  /** {@code g * (1 - y * y)}. */
  private static FloatVector tanhGradient(FloatVector g, FloatVector y) {
    return g.mul(ONE.sub(y.mul(y)));
  }

  @Override
  public void lstm(int n, float[] gates, int at, int step, float[] c, int cAt) {
    int j = 0;
    for (; j <= n - L; j += L) {
      int s = at + j;
      load(gates, s + step)
          .mul(load(c, cAt + j))
          .add(load(gates, s).mul(load(gates, s + 2 * step)))
          .intoArray(c, cAt + j);
    }
    single.lstm(n - j, gates, at + j, step, c, cAt + j);
  }

  @Override
  public void lstmGradient(
      int n,
      float[] kept,
      int keptAt,
      int step,
      float[] before,
      int beforeAt,
      float[] g,
      int gAt,
      float[] dh,
      int dhAt,
      float[] dc,
      int dcAt,
      float[] sums,
      int sumsAt) {
    int j = 0;
    for (; j <= n - L; j += L) {
      int k = keptAt + j;
      FloatVector i = load(kept, k);
      FloatVector f = load(kept, k + step);
      FloatVector candidate = load(kept, k + 2 * step);
      FloatVector o = load(kept, k + 3 * step);
      int s = sumsAt + j;
      FloatVector squashed = load(sums, s + 3 * step);
      FloatVector h = counted(load(g, gAt + j).add(load(dh, dhAt + j)));
      FloatVector c = counted(load(dc, dcAt + j).add(tanhGradient(h.mul(o), squashed)));
      sigmoidGradient(c.mul(candidate), i).intoArray(sums, s);
      sigmoidGradient(c.mul(load(before, beforeAt + j)), f).intoArray(sums, s + step);
      tanhGradient(c.mul(i), candidate).intoArray(sums, s + 2 * step);
      sigmoidGradient(h.mul(squashed), o).intoArray(sums, s + 3 * step);
      ZERO.intoArray(dh, dhAt + j);
      c.mul(f).intoArray(dc, dcAt + j);
    }
    single.lstmGradient(
        n - j,
        kept,
        keptAt + j,
        step,
        before,
        beforeAt + j,
        g,
        gAt + j,
        dh,
        dhAt + j,
        dc,
        dcAt + j,
        sums,
        sumsAt + j);
  }

  @Override
  public void gru(int n, float[] gates, int at, int step, float[] h, int hAt, float[] y, int yAt) {
    int j = 0;
    for (; j <= n - L; j += L) {
      FloatVector z = load(gates, at + step + j);
      z.mul(load(h, hAt + j))
          .add(ONE.sub(z).mul(load(gates, at + 2 * step + j)))
          .intoArray(y, yAt + j);
    }
    single.gru(n - j, gates, at + j, step, h, hAt + j, y, yAt + j);
  }

  @Override
  public void reset(int n, float[] r, int rAt, float[] q, int qAt, float[] sums, int sumsAt) {
    int j = 0;
    for (; j <= n - L; j += L) {
      FloatVector s = load(sums, sumsAt + j);
      s.add(load(r, rAt + j).mul(load(q, qAt + j))).intoArray(sums, sumsAt + j);
    }
    single.reset(n - j, r, rAt + j, q, qAt + j, sums, sumsAt + j);
  }

  @Override
  public void gruGradient(
      int n,
      float[] kept,
      int keptAt,
      int step,
      float[] h,
      int hAt,
      float[] g,
      int gAt,
      float[] dh,
      int dhAt,
      float[] sums,
      int sumsAt,
      float[] rh,
      int rhAt) {
    int j = 0;
    for (; j <= n - L; j += L) {
      int k = keptAt + j;
      FloatVector z = load(kept, k + step);
      FloatVector candidate = load(kept, k + 2 * step);
      FloatVector before = load(h, hAt + j);
      FloatVector d = counted(load(g, gAt + j).add(load(dh, dhAt + j)));
      int s = sumsAt + j;
      sigmoidGradient(d.mul(before.sub(candidate)), z).intoArray(sums, s + step);
      tanhGradient(d.mul(ONE.sub(z)), candidate).intoArray(sums, s + 2 * step);
      d.mul(z).intoArray(dh, dhAt + j);
      load(kept, k).mul(before).intoArray(rh, rhAt + j);
    }
    single.gruGradient(
        n - j,
        kept,
        keptAt + j,
        step,
        h,
        hAt + j,
        g,
        gAt + j,
        dh,
        dhAt + j,
        sums,
        sumsAt + j,
        rh,
        rhAt + j);
  }

  @Override
  public void resetGradient(
      int n,
      float[] r,
      int rAt,
      float[] h,
      int hAt,
      float[] drh,
      int drhAt,
      float[] dh,
      int dhAt,
      float[] sums,
      int sumsAt) {
    int j = 0;
    for (; j <= n - L; j += L) {
      FloatVector gate = load(r, rAt + j);
      FloatVector d = load(drh, drhAt + j);
      sigmoidGradient(d.mul(load(h, hAt + j)), gate).intoArray(sums, sumsAt + j);
      load(dh, dhAt + j).add(d.mul(gate)).intoArray(dh, dhAt + j);
    }
    single.resetGradient(
        n - j, r, rAt + j, h, hAt + j, drh, drhAt + j, dh, dhAt + j, sums, sumsAt + j);
  }

  @Override
  public void gruResetAfterGradient(
      int n,
      float[] kept,
      int keptAt,
      int step,
      float[] h,
      int hAt,
      float[] g,
      int gAt,
      float[] dh,
      int dhAt,
      float[] sums,
      int sumsAt,
      float[] dq,
      int dqAt) {
    int j = 0;
    for (; j <= n - L; j += L) {
      int k = keptAt + j;
      FloatVector r = load(kept, k);
      FloatVector z = load(kept, k + step);
      FloatVector candidate = load(kept, k + 2 * step);
      FloatVector q = load(kept, k + 3 * step);
      FloatVector d = counted(load(g, gAt + j).add(load(dh, dhAt + j)));
      FloatVector dn = tanhGradient(d.mul(ONE.sub(z)), candidate);
      int s = sumsAt + j;
      sigmoidGradient(dn.mul(q), r).intoArray(sums, s);
      sigmoidGradient(d.mul(load(h, hAt + j).sub(candidate)), z).intoArray(sums, s + step);
      dn.intoArray(sums, s + 2 * step);
      dn.mul(r).intoArray(dq, dqAt + j);
      d.mul(z).intoArray(dh, dhAt + j);
    }
    single.gruResetAfterGradient(
        n - j,
        kept,
        keptAt + j,
        step,
        h,
        hAt + j,
        g,
        gAt + j,
        dh,
        dhAt + j,
        sums,
        sumsAt + j,
        dq,
        dqAt + j);
  }
}
