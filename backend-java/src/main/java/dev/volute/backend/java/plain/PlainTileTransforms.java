package dev.volute.backend.java.plain;

import dev.volute.backend.java.simd.TileGroups;
import dev.volute.backend.java.simd.TileTransforms;

/** Element by element. */
final class PlainTileTransforms implements TileTransforms {
  private static final int P = TileGroups.run(1);
  private static final int M = TileGroups.matrixStep(P);
  private static final int T = TileGroups.TILES;

  /** Distance of columns between the two steps. */
  private static final int C = 6 * P;

  @Override
  public int run() {
    return P;
  }

  @Override
  public void imageColumns(
      int columns,
      int step,
      float[] d0,
      int at0,
      float[] d1,
      int at1,
      float[] d2,
      int at2,
      float[] d3,
      int at3,
      float[] d4,
      int at4,
      float[] d5,
      int at5,
      float[] to,
      int toAt) {
    for (int x = 0; x < columns; x++) {
      for (int c = 0; c < P; c++) {
        int from = x * step + c;
        image6(
            d0[at0 + from],
            d1[at1 + from],
            d2[at2 + from],
            d3[at3 + from],
            d4[at4 + from],
            d5[at5 + from],
            to,
            toAt + x * C + c,
            P);
      }
    }
  }

  @Override
  public void imageRows(
      int tiles, float[] from, int fromAt, int first, float[] v, int vAt, int groupStep) {
    for (int row = 0; row < 6 * tiles; row++) {
      int x = rowBegins(row, fromAt);
      int at = place(row, first, vAt, groupStep);
      for (int c = 0; c < P; c++) {
        image6(
            from[x + c],
            from[x + c + C],
            from[x + c + 2 * C],
            from[x + c + 3 * C],
            from[x + c + 4 * C],
            from[x + c + 5 * C],
            v,
            at + c,
            M);
      }
    }
  }

  private static void image6(
      float x0, float x1, float x2, float x3, float x4, float x5, float[] y, int at, int step) {
    float a = x4 - 4 * x2;
    float b = x3 - 4 * x1;
    float c = x4 - x2;
    float d = 2 * (x3 - x1);
    y[at] = 4 * x0 - 5 * x2 + x4;
    y[at + step] = a + b;
    y[at + 2 * step] = a - b;
    y[at + 3 * step] = c + d;
    y[at + 4 * step] = c - d;
    y[at + 5 * step] = 4 * x1 - 5 * x3 + x5;
  }

  @Override
  public void gradientColumns(
      int columns,
      int step,
      float[] g0,
      int at0,
      float[] g1,
      int at1,
      float[] g2,
      int at2,
      float[] g3,
      int at3,
      float[] to,
      int toAt) {
    for (int x = 0; x < columns; x++) {
      for (int c = 0; c < P; c++) {
        int from = x * step + c;
        gradient6(
            g0[at0 + from],
            g1[at1 + from],
            g2[at2 + from],
            g3[at3 + from],
            to,
            toAt + x * C + c,
            P);
      }
    }
  }

  @Override
  public void gradientRows(
      int tiles, float[] from, int fromAt, int first, float[] s, int sAt, int groupStep) {
    for (int row = 0; row < 6 * tiles; row++) {
      int x = rowBegins(row, fromAt);
      int at = place(row, first, sAt, groupStep);
      for (int c = 0; c < P; c++) {
        gradient6(
            from[x + c], from[x + c + C], from[x + c + 2 * C], from[x + c + 3 * C], s, at + c, M);
      }
    }
  }

  private static void gradient6(
      float x0, float x1, float x2, float x3, float[] y, int at, int step) {
    float a = x0 + x2;
    float b = x1 + x3;
    float c = x0 + 4 * x2;
    float d = 2 * x1 + 8 * x3;
    y[at] = x0;
    y[at + step] = a + b;
    y[at + 2 * step] = a - b;
    y[at + 3 * step] = c + d;
    y[at + 4 * step] = c - d;
    y[at + 5 * step] = x3;
  }

  @Override
  public void resultRows(
      int tiles, float[] m, int mAt, int first, int groupStep, float[] to, int toAt) {
    for (int row = 0; row < 6 * tiles; row++) {
      int x = place(row, first, mAt, groupStep);
      int at = rowBegins(row, toAt);
      for (int c = 0; c < P; c++) {
        result4(m, x + c, M, 4, to, at + c, C);
      }
    }
  }

  @Override
  public void resultColumns(
      int columns,
      int rows,
      float[] from,
      int fromAt,
      boolean added,
      float[] residual,
      int residualAt,
      boolean passes,
      float[] relu,
      int reluAt,
      float low,
      float high,
      float[] y,
      int yAt,
      int row,
      int step) {
    for (int x = 0; x < columns; x++) {
      for (int c = 0; c < P; c++) {
        int place = x * step + c;
        result4(from, fromAt + x * C + c, P, rows, y, yAt + place, row);
        for (int i = 0; i < rows; i++, place += row) {
          float sum = y[yAt + place];
          sum = added ? sum + residual[residualAt + place] : sum;
          sum = passes && !(relu[reluAt + place] > 0) ? 0 : sum;
          y[yAt + place] = Math.min(high, Math.max(low, sum));
        }
      }
    }
  }

  /** Stores the first {@code count} of four results. */
  private static void result4(
      float[] x, int at, int step, int count, float[] y, int yAt, int yStep) {
    float a = x[at + step] + x[at + 2 * step];
    float b = x[at + step] - x[at + 2 * step];
    float c = x[at + 3 * step] + x[at + 4 * step];
    float d = x[at + 3 * step] - x[at + 4 * step];
    y[yAt] = x[at] + a + c;
    if (count > 1) {
      y[yAt + yStep] = b + 2 * d;
    }
    if (count > 2) {
      y[yAt + 2 * yStep] = a + 4 * c;
    }
    if (count > 3) {
      y[yAt + 3 * yStep] = b + 8 * d + x[at + 5 * step];
    }
  }

  /** Where one of six rows of a tile begins between the two steps. */
  private static int rowBegins(int row, int at) {
    return at + row / 6 * 4 * C + row % 6 * P;
  }

  /** Where it begins transformed. */
  private static int place(int row, int first, int at, int groupStep) {
    int tile = first + row / 6;
    return at + tile / T * groupStep + tile % T * P + row % 6 * 6 * M;
  }
}
