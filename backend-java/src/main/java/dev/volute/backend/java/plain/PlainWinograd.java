package dev.volute.backend.java.plain;

import dev.volute.backend.java.simd.WinogradTransforms;

/** Tile by tile. */
final class PlainWinograd implements WinogradTransforms {
  @Override
  public int width() {
    return 1;
  }

  @Override
  public void image(
      int n, float[] d, int dAt, int dRow, int dStep, float[] work, float[] v, int vAt, int vStep) {
    for (int j = 0; j < 6; j++) {
      image6(n, d, dAt + j * dStep, dRow, work, j * n, 6 * n);
    }
    for (int i = 0; i < 6; i++) {
      image6(n, work, 6 * i * n, n, v, vAt + 6 * i * vStep, vStep);
    }
  }

  private static void image6(int n, float[] x, int at, int step, float[] y, int yAt, int yStep) {
    for (int t = 0; t < n; t++) {
      int from = at + t;
      float x0 = x[from];
      float x1 = x[from + step];
      float x2 = x[from + 2 * step];
      float x3 = x[from + 3 * step];
      float x4 = x[from + 4 * step];
      float x5 = x[from + 5 * step];
      float a = x4 - 4 * x2;
      float b = x3 - 4 * x1;
      float c = x4 - x2;
      float d = 2 * (x3 - x1);
      int to = yAt + t;
      y[to] = 4 * x0 - 5 * x2 + x4;
      y[to + yStep] = a + b;
      y[to + 2 * yStep] = a - b;
      y[to + 3 * yStep] = c + d;
      y[to + 4 * yStep] = c - d;
      y[to + 5 * yStep] = 4 * x1 - 5 * x3 + x5;
    }
  }

  @Override
  public void filter(int n, float[] g, int gAt, int gStep, float[] u, int uAt, int uStep) {
    for (int j = 0; j < 3; j++) {
      filter6(n, g, gAt + j * gStep, 3 * gStep, u, uAt + j * uStep, 6 * uStep);
    }
    for (int i = 0; i < 6; i++) {
      int at = uAt + 6 * i * uStep;
      filter6(n, u, at, uStep, u, at, uStep);
    }
  }

  private static void filter6(int n, float[] x, int at, int step, float[] y, int yAt, int yStep) {
    for (int t = 0; t < n; t++) {
      float x0 = x[at + t];
      float x1 = x[at + t + step];
      float x2 = x[at + t + 2 * step];
      float a = (x0 + x2) * (-1 / 6f);
      float b = x1 * (1 / 6f);
      float c = x0 * (1 / 24f) + x2 * (1 / 6f);
      float d = x1 * (1 / 12f);
      int to = yAt + t;
      y[to] = x0 * 0.25f;
      y[to + yStep] = a - b;
      y[to + 2 * yStep] = a + b;
      y[to + 3 * yStep] = c + d;
      y[to + 4 * yStep] = c - d;
      y[to + 5 * yStep] = x2;
    }
  }

  @Override
  public void result(
      int n,
      float[] m,
      int mAt,
      int mStep,
      int rows,
      int columns,
      boolean added,
      float[] residual,
      int residualAt,
      float low,
      float high,
      float[] y,
      int yAt,
      int yRow,
      int yColumn) {
    for (int j = 0; j < 6; j++) {
      int at = mAt + j * mStep;
      result4(n, m, at, 6 * mStep, m, at, 6 * mStep);
    }
    for (int i = 0; i < rows; i++) {
      int row = mAt + 6 * i * mStep;
      result4(n, m, row, mStep, m, row, mStep);
      for (int j = 0; j < columns; j++) {
        int place = i * yRow + j * yColumn;
        for (int t = 0; t < n; t++) {
          float sum = m[row + j * mStep + t];
          sum = added ? sum + residual[residualAt + place + t] : sum;
          y[yAt + place + t] = Math.min(high, Math.max(low, sum));
        }
      }
    }
  }

  private static void result4(int n, float[] x, int at, int step, float[] y, int yAt, int yStep) {
    for (int t = 0; t < n; t++) {
      int from = at + t;
      float x0 = x[from];
      float x1 = x[from + step];
      float x2 = x[from + 2 * step];
      float x3 = x[from + 3 * step];
      float x4 = x[from + 4 * step];
      float x5 = x[from + 5 * step];
      float a = x1 + x2;
      float b = x1 - x2;
      float c = x3 + x4;
      float d = x3 - x4;
      int to = yAt + t;
      y[to] = x0 + a + c;
      y[to + yStep] = b + 2 * d;
      y[to + 2 * yStep] = a + 4 * c;
      y[to + 3 * yStep] = b + 8 * d + x5;
    }
  }

  @Override
  public void filterGradient(int n, float[] s, int sAt, int sStep, float[] w, int wAt, int wStep) {
    for (int j = 0; j < 6; j++) {
      int at = sAt + j * sStep;
      filterGradient3(n, s, at, 6 * sStep, s, at, 6 * sStep);
    }
    for (int i = 0; i < 3; i++) {
      filterGradient3(n, s, sAt + 6 * i * sStep, sStep, w, wAt + 3 * i * wStep, wStep);
    }
  }

  private static void filterGradient3(
      int n, float[] x, int at, int step, float[] y, int yAt, int yStep) {
    for (int t = 0; t < n; t++) {
      int from = at + t;
      float x0 = x[from];
      float x1 = x[from + step];
      float x2 = x[from + 2 * step];
      float x3 = x[from + 3 * step];
      float x4 = x[from + 4 * step];
      float x5 = x[from + 5 * step];
      float a = (x1 + x2) * (1 / 6f);
      float b = (x2 - x1) * (1 / 6f);
      float c = x3 + x4;
      float d = (x3 - x4) * (1 / 12f);
      int to = yAt + t;
      y[to] = x0 * 0.25f - a + c * (1 / 24f);
      y[to + yStep] = b + d;
      y[to + 2 * yStep] = c * (1 / 6f) - a + x5;
    }
  }
}
