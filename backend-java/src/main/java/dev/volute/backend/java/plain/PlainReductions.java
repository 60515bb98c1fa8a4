package dev.volute.backend.java.plain;

import dev.volute.backend.java.simd.FloatReductions;

/** Four sums side by side, so that additions need not wait for one another. */
final class PlainReductions implements FloatReductions {
  @Override
  public float sum(int n, float[] x, int at) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    int i = 0;
    for (; i <= n - 4; i += 4) {
      s0 += x[at + i];
      s1 += x[at + i + 1];
      s2 += x[at + i + 2];
      s3 += x[at + i + 3];
    }
    for (; i < n; i++) {
      s0 += x[at + i];
    }
    return (s0 + s1) + (s2 + s3);
  }

  @Override
  public float max(int n, float[] x, int at) {
    float result = x[at];
    for (int i = 1; i < n; i++) {
      result = Math.max(result, x[at + i]);
    }
    return result;
  }

  @Override
  public float min(int n, float[] x, int at) {
    float result = x[at];
    for (int i = 1; i < n; i++) {
      result = Math.min(result, x[at + i]);
    }
    return result;
  }
}
