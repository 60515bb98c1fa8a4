package dev.volute.backend.java.plain;

import dev.volute.backend.java.simd.WindowFolds;
import java.util.Arrays;

/** Folds of all windows cell by cell. */
final class PlainWindowFolds implements WindowFolds {
  @Override
  public int overrun() {
    return 0;
  }

  @Override
  public void sums(
      int n, float[] weights, int[] places, float start, float[] x, int xAt, float[] y) {
    Arrays.fill(y, 0, n, start);
    for (int c = 0; c < places.length; c++) {
      float weight = weights[c];
      int at = xAt + places[c];
      for (int i = 0; i < n; i++) {
        y[i] += weight * x[at + i];
      }
    }
  }

  @Override
  public void maxima(int n, int[] places, float[] x, int xAt, float[] y) {
    System.arraycopy(x, xAt + places[0], y, 0, n);
    for (int c = 1; c < places.length; c++) {
      int at = xAt + places[c];
      for (int i = 0; i < n; i++) {
        y[i] = Math.max(y[i], x[at + i]);
      }
    }
  }

  /**
   * Values are compared as integers, without branches: which value is largest depends on the data,
   * so that a processor would guess wrong.
   */
  @Override
  public void firstMaxima(int n, int[] places, float[] x, int xAt, float[] y, int[] at) {
    for (int i = 0; i < n; i++) {
      int best = ordered(x[xAt + places[0] + i]);
      int place = 0;
      for (int c = 1; c < places.length; c++) {
        int next = Math.max(best, ordered(x[xAt + places[c] + i]));
        place += (c - place) & -differs(next, best);
        best = next;
      }
      y[i] = value(best);
      at[i] = place;
    }
  }

  /** An integer for each value, ordered as they are, NaN above all; both zeros are one. */
  static int ordered(float value) {
    int bits = Float.floatToIntBits(value + 0f);
    return bits ^ bits >> 31 & Integer.MAX_VALUE;
  }

  static float value(int ordered) {
    return Float.intBitsToFloat(ordered ^ ordered >> 31 & Integer.MAX_VALUE);
  }

  /** 1 if the numbers differ, 0 if not. */
  static int differs(int a, int b) {
    int bits = a ^ b;
    return (bits | -bits) >>> 31;
  }
}
