package dev.volute.backend.java.plain;

import dev.volute.backend.java.simd.WinogradTransforms;

/** Tile by tile. */
final class PlainWinograd implements WinogradTransforms {
  @Override
  public int width() {
    return 1;
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
