package dev.volute.backend.java.plain;

import dev.volute.backend.java.simd.PixelFolds;
import java.util.Arrays;

/** Cell by cell. */
final class PlainPixelFolds implements PixelFolds {
  @Override
  public void maxima(int n, int count, int[] cells, float[] x, int xAt, float[] y, int yAt) {
    System.arraycopy(x, xAt + cells[0], y, yAt, n);
    for (int c = 1; c < count; c++) {
      int from = xAt + cells[c];
      for (int i = 0; i < n; i++) {
        y[yAt + i] = Math.max(y[yAt + i], x[from + i]);
      }
    }
  }

  @Override
  public void firstMaxima(
      int n,
      int count,
      int[] cells,
      int[] numbers,
      float[] x,
      int xAt,
      float[] y,
      int yAt,
      int[] at,
      int atAt) {
    Arrays.fill(y, yAt, yAt + n, Float.NEGATIVE_INFINITY);
    Arrays.fill(at, atAt, atAt + n, 0);
    for (int c = 0; c < count; c++) {
      int from = xAt + cells[c];
      int number = numbers[c];
      for (int i = 0; i < n; i++) {
        float best = y[yAt + i];
        float next = x[from + i];
        if (!(next <= best) && best == best) {
          y[yAt + i] = next;
          at[atAt + i] = number;
        }
      }
    }
  }

  @Override
  public void addWhere(
      int n, int number, int[] at, int atAt, float[] g, int gAt, float[] y, int yAt) {
    for (int i = 0; i < n; i++) {
      if (at[atAt + i] == number) {
        y[yAt + i] += g[gAt + i];
      }
    }
  }
}
