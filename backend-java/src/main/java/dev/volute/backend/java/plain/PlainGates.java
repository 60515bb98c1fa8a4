package dev.volute.backend.java.plain;

import dev.volute.backend.java.simd.Gates;

/** One unit after the other. */
final class PlainGates implements Gates {
  private static float counted(float gradient) {
    return Math.abs(gradient) < LEAST_GRADIENT ? 0f : gradient;
  }

  @Override
  public void lstm(int n, float[] gates, int at, int step, float[] c, int cAt) {
    for (int j = 0; j < n; j++) {
      int s = at + j;
      c[cAt + j] = gates[s + step] * c[cAt + j] + gates[s] * gates[s + 2 * step];
    }
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
    for (int j = 0; j < n; j++) {
      int k = keptAt + j;
      float i = kept[k];
      float f = kept[k + step];
      float candidate = kept[k + 2 * step];
      float o = kept[k + 3 * step];
      int s = sumsAt + j;
      float squashed = sums[s + 3 * step];
      float h = counted(g[gAt + j] + dh[dhAt + j]);
      float c = counted(dc[dcAt + j] + h * o * (1f - squashed * squashed));
      sums[s] = c * candidate * i * (1f - i);
      sums[s + step] = c * before[beforeAt + j] * f * (1f - f);
      sums[s + 2 * step] = c * i * (1f - candidate * candidate);
      sums[s + 3 * step] = h * squashed * o * (1f - o);
      dh[dhAt + j] = 0f;
      dc[dcAt + j] = c * f;
    }
  }

  @Override
  public void gru(int n, float[] gates, int at, int step, float[] h, int hAt, float[] y, int yAt) {
    for (int j = 0; j < n; j++) {
      float z = gates[at + step + j];
      y[yAt + j] = z * h[hAt + j] + (1f - z) * gates[at + 2 * step + j];
    }
  }

  @Override
  public void reset(int n, float[] r, int rAt, float[] q, int qAt, float[] sums, int sumsAt) {
    for (int j = 0; j < n; j++) {
      sums[sumsAt + j] += r[rAt + j] * q[qAt + j];
    }
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
    for (int j = 0; j < n; j++) {
      int k = keptAt + j;
      float z = kept[k + step];
      float candidate = kept[k + 2 * step];
      float before = h[hAt + j];
      float d = counted(g[gAt + j] + dh[dhAt + j]);
      sums[sumsAt + step + j] = d * (before - candidate) * z * (1f - z);
      sums[sumsAt + 2 * step + j] = d * (1f - z) * (1f - candidate * candidate);
      dh[dhAt + j] = d * z;
      rh[rhAt + j] = kept[k] * before;
    }
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
    for (int j = 0; j < n; j++) {
      float gate = r[rAt + j];
      float d = drh[drhAt + j];
      sums[sumsAt + j] = d * h[hAt + j] * gate * (1f - gate);
      dh[dhAt + j] += d * gate;
    }
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
    for (int j = 0; j < n; j++) {
      int k = keptAt + j;
      float r = kept[k];
      float z = kept[k + step];
      float candidate = kept[k + 2 * step];
      float q = kept[k + 3 * step];
      float d = counted(g[gAt + j] + dh[dhAt + j]);
      float dn = d * (1f - z) * (1f - candidate * candidate);
      int s = sumsAt + j;
      sums[s] = dn * q * r * (1f - r);
      sums[s + step] = d * (h[hAt + j] - candidate) * z * (1f - z);
      sums[s + 2 * step] = dn;
      dq[dqAt + j] = dn * r;
      dh[dhAt + j] = d * z;
    }
  }
}
