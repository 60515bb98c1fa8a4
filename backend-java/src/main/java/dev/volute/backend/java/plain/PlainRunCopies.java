package dev.volute.backend.java.plain;

import dev.volute.backend.java.simd.RunCopies;

/** Copies and sums of runs, each by itself. */
final class PlainRunCopies implements RunCopies {
  @Override
  public int longest() {
    return Integer.MAX_VALUE;
  }

  @Override
  public int overrun() {
    return 0;
  }

  @Override
  public void copy(
      int[] origins,
      int firstOrigin,
      int endOrigin,
      int[] from,
      int[] to,
      int[] length,
      int firstRun,
      int endRun,
      float[] source,
      int sourceAt,
      float[] target,
      int targetAt,
      int targetStep) {
    int row = targetAt;
    for (int o = firstOrigin; o < endOrigin; o++, row += targetStep) {
      int origin = sourceAt + origins[o];
      for (int r = firstRun; r < endRun; r++) {
        System.arraycopy(source, origin + from[r], target, row + to[r], length[r]);
      }
    }
  }

  @Override
  public void planes(
      int[] origins, int m, int n, float[] x, int xAt, int xStep, float[] y, int yAt, int yStep) {
    for (int p = 0; p < origins.length; p++) {
      for (int i = 0; i < m; i++) {
        System.arraycopy(x, xAt + origins[p] + i * xStep, y, yAt + p * yStep + i * n, n);
      }
    }
  }

  @Override
  public void add(
      int[] origins,
      int firstOrigin,
      int endOrigin,
      int step,
      int[] from,
      int[] to,
      int[] length,
      int firstRun,
      int endRun,
      float[] source,
      int sourceAt,
      int sourceStep,
      float[] target,
      int targetAt) {
    int row = sourceAt;
    for (int o = firstOrigin; o < endOrigin; o += step, row += step * sourceStep) {
      int origin = targetAt + origins[o];
      for (int r = firstRun; r < endRun; r++) {
        int read = row + to[r];
        int write = origin + from[r];
        for (int i = 0; i < length[r]; i++) {
          target[write + i] += source[read + i];
        }
      }
    }
  }

  @Override
  public void everySecond(int n, float[] x, int xAt, float[] y, int yAt) {
    for (int i = 0; i < n; i++) {
      y[yAt + i] = x[xAt + 2 * i];
    }
  }
}
