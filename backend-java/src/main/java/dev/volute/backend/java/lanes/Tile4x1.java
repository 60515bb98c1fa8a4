package dev.volute.backend.java.lanes;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Four rows by one vector of a product, like {@link StridedTile8x3}. */
final class Tile4x1 {
  private static final VectorSpecies<Float> S = VectorLanes.FLOATS;
  private static final int L = S.length();

  private Tile4x1() {}

  /**
   * {@code c = c + a b}. Row i of a begins at {@code aAt + min(i, rows - 1) * rowStep}; where there
   * are fewer rows than the tile has, the last is computed again.
   */
  static void multiplyAdd(
      int k,
      float[] a,
      int aAt,
      int rowStep,
      int kStep,
      int rows,
      float[] b,
      int bAt,
      int bStep,
      float[] c,
      int cAt,
      int cStep) {
    int last = rows - 1;
    int a0 = aAt;
    int a1 = aAt + Math.min(1, last) * rowStep;
    int a2 = aAt + Math.min(2, last) * rowStep;
    int a3 = aAt + Math.min(3, last) * rowStep;
    int at = cAt;
    FloatVector c00 = FloatVector.fromArray(S, c, at);
    at += cStep;
    FloatVector c10 = FloatVector.fromArray(S, c, at);
    at += cStep;
    FloatVector c20 = FloatVector.fromArray(S, c, at);
    at += cStep;
    FloatVector c30 = FloatVector.fromArray(S, c, at);
    for (int l = 0, bl = bAt; l < k; l++, bl += bStep) {
      FloatVector b0 = FloatVector.fromArray(S, b, bl);
      FloatVector x = FloatVector.broadcast(S, a[a0]);
      c00 = x.fma(b0, c00);
      a0 += kStep;
      x = FloatVector.broadcast(S, a[a1]);
      c10 = x.fma(b0, c10);
      a1 += kStep;
      x = FloatVector.broadcast(S, a[a2]);
      c20 = x.fma(b0, c20);
      a2 += kStep;
      x = FloatVector.broadcast(S, a[a3]);
      c30 = x.fma(b0, c30);
      a3 += kStep;
    }
    at = cAt;
    c00.intoArray(c, at);
    at += cStep;
    c10.intoArray(c, at);
    at += cStep;
    c20.intoArray(c, at);
    at += cStep;
    c30.intoArray(c, at);
  }
}
