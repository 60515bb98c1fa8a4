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
