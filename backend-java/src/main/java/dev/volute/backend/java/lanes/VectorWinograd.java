package dev.volute.backend.java.lanes;

import dev.volute.backend.java.simd.WinogradTransforms;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** A vector of tiles at a time. */
final class VectorWinograd implements WinogradTransforms {
  private static final VectorSpecies<Float> S = VectorLanes.FLOATS;
  private static final int L = S.length();

  @Override
  public int width() {
    return L;
  }

  @Override
  public void image(
      int n, float[] d, int dAt, int dRow, int dStep, float[] work, float[] v, int vAt, int vStep) {
    for (int t = 0; t < n; t += L) {
      ImageTile.upperRows(d, dAt + t, dRow, dStep, v, vAt + t, vStep);
      ImageTile.lowerRows(d, dAt + t + dRow, dRow, dStep, v, vAt + t + 18 * vStep, vStep);
    }
  }

  @Override
  public void filter(int n, float[] g, int gAt, int gStep, float[] u, int uAt, int uStep) {
    for (int t = 0; t < n; t += L) {
      for (int j = 0; j < 3; j++) {
        filter6(g, gAt + t + j * gStep, 3 * gStep, u, uAt + t + j * uStep, 6 * uStep);
      }
      for (int i = 0; i < 6; i++) {
        int at = uAt + t + 6 * i * uStep;
        filter6(u, at, uStep, u, at, uStep);
      }
    }
  }

  private static void filter6(float[] x, int at, int step, float[] y, int yAt, int yStep) {
    FloatVector x0 = FloatVector.fromArray(S, x, at);
    FloatVector x1 = FloatVector.fromArray(S, x, at + step);
    FloatVector x2 = FloatVector.fromArray(S, x, at + 2 * step);
    FloatVector a = x0.add(x2).mul(-1 / 6f);
    FloatVector b = x1.mul(1 / 6f);
    FloatVector c = x0.mul(1 / 24f).add(x2.mul(1 / 6f));
    FloatVector d = x1.mul(1 / 12f);
    x0.mul(0.25f).intoArray(y, yAt);
    a.sub(b).intoArray(y, yAt + yStep);
    a.add(b).intoArray(y, yAt + 2 * yStep);
    c.add(d).intoArray(y, yAt + 3 * yStep);
    c.sub(d).intoArray(y, yAt + 4 * yStep);
    x2.intoArray(y, yAt + 5 * yStep);
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
    boolean rest = added || low > Float.NEGATIVE_INFINITY || high < Float.POSITIVE_INFINITY;
    for (int t = 0; t < n; t += L) {
      for (int j = 0; j < 6; j++) {
        int at = mAt + t + j * mStep;
        result4(m, at, 6 * mStep, 4, m, at, 6 * mStep);
      }
      for (int i = 0; i < rows; i++) {
        int from = mAt + t + 6 * i * mStep;
        int to = yAt + t + i * yRow;
        result4(m, from, mStep, columns, y, to, yColumn);
        int r = residualAt + t + i * yRow;
        for (int j = 0; j < columns && rest; j++, to += yColumn, r += yColumn) {
          if (added) {
            add(residual, r, y, to);
          }
          bound(low, high, y, to);
        }
      }
    }
  }

  // From array to array: a vector that is passed to a method is boxed where C2 does not inline it.
  private static void add(float[] residual, int residualAt, float[] y, int at) {
    FloatVector sum = FloatVector.fromArray(S, y, at);
    sum.add(FloatVector.fromArray(S, residual, residualAt)).intoArray(y, at);
  }

  private static void bound(float low, float high, float[] y, int at) {
    FloatVector sum = FloatVector.fromArray(S, y, at);
    FloatVector least = FloatVector.broadcast(S, low);
    FloatVector bounded = sum.blend(least, sum.lt(least));
    if (high == Float.POSITIVE_INFINITY) {
      bounded.intoArray(y, at);
    } else {
      FloatVector most = FloatVector.broadcast(S, high);
      bounded.blend(most, most.lt(bounded)).intoArray(y, at);
    }
  }

  /** Stores the first {@code count} of four results. */
  private static void result4(
      float[] x, int at, int step, int count, float[] y, int yAt, int yStep) {
    FloatVector x0 = FloatVector.fromArray(S, x, at);
    FloatVector x1 = FloatVector.fromArray(S, x, at + step);
    FloatVector x2 = FloatVector.fromArray(S, x, at + 2 * step);
    FloatVector x3 = FloatVector.fromArray(S, x, at + 3 * step);
    FloatVector x4 = FloatVector.fromArray(S, x, at + 4 * step);
    FloatVector x5 = FloatVector.fromArray(S, x, at + 5 * step);
    FloatVector a = x1.add(x2);
    FloatVector b = x1.sub(x2);
    FloatVector c = x3.add(x4);
    FloatVector d = x3.sub(x4);
    x0.add(a).add(c).intoArray(y, yAt);
    if (count > 1) {
      FloatVector.broadcast(S, 2f).fma(d, b).intoArray(y, yAt + yStep);
    }
    if (count > 2) {
      FloatVector.broadcast(S, 4f).fma(c, a).intoArray(y, yAt + 2 * yStep);
    }
    if (count > 3) {
      FloatVector.broadcast(S, 8f).fma(d, b).add(x5).intoArray(y, yAt + 3 * yStep);
    }
  }

  @Override
  public void filterGradient(int n, float[] s, int sAt, int sStep, float[] w, int wAt, int wStep) {
    for (int t = 0; t < n; t += L) {
      for (int j = 0; j < 6; j++) {
        int at = sAt + t + j * sStep;
        filterGradient3(s, at, 6 * sStep, s, at, 6 * sStep);
      }
      for (int i = 0; i < 3; i++) {
        int from = sAt + t + 6 * i * sStep;
        filterGradient3(s, from, sStep, w, wAt + t + 3 * i * wStep, wStep);
      }
    }
  }

  private static void filterGradient3(float[] x, int at, int step, float[] y, int yAt, int yStep) {
    FloatVector x0 = FloatVector.fromArray(S, x, at);
    FloatVector x1 = FloatVector.fromArray(S, x, at + step);
    FloatVector x2 = FloatVector.fromArray(S, x, at + 2 * step);
    FloatVector x3 = FloatVector.fromArray(S, x, at + 3 * step);
    FloatVector x4 = FloatVector.fromArray(S, x, at + 4 * step);
    FloatVector x5 = FloatVector.fromArray(S, x, at + 5 * step);
    FloatVector a = x1.add(x2).mul(1 / 6f);
    FloatVector b = x2.sub(x1).mul(1 / 6f);
    FloatVector c = x3.add(x4);
    FloatVector d = x3.sub(x4).mul(1 / 12f);
    x0.mul(0.25f).sub(a).add(c.mul(1 / 24f)).intoArray(y, yAt);
    b.add(d).intoArray(y, yAt + yStep);
    c.mul(1 / 6f).sub(a).add(x5).intoArray(y, yAt + 2 * yStep);
  }
}
