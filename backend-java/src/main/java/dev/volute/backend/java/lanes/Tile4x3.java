package dev.volute.backend.java.lanes;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Four rows by three vectors of a product, like {@link StridedTile8x3}. */
final class Tile4x3 {
  private static final VectorSpecies<Float> S = VectorLanes.FLOATS;
  private static final int L = S.length();

  private Tile4x3() {}

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
    FloatVector c01 = FloatVector.fromArray(S, c, at + L);
    FloatVector c02 = FloatVector.fromArray(S, c, at + 2 * L);
    at += cStep;
    FloatVector c10 = FloatVector.fromArray(S, c, at);
    FloatVector c11 = FloatVector.fromArray(S, c, at + L);
    FloatVector c12 = FloatVector.fromArray(S, c, at + 2 * L);
    at += cStep;
    FloatVector c20 = FloatVector.fromArray(S, c, at);
    FloatVector c21 = FloatVector.fromArray(S, c, at + L);
    FloatVector c22 = FloatVector.fromArray(S, c, at + 2 * L);
    at += cStep;
    FloatVector c30 = FloatVector.fromArray(S, c, at);
    FloatVector c31 = FloatVector.fromArray(S, c, at + L);
    FloatVector c32 = FloatVector.fromArray(S, c, at + 2 * L);
    for (int l = 0, bl = bAt; l < k; l++, bl += bStep) {
      FloatVector b0 = FloatVector.fromArray(S, b, bl);
      FloatVector b1 = FloatVector.fromArray(S, b, bl + L);
      FloatVector b2 = FloatVector.fromArray(S, b, bl + 2 * L);
      FloatVector x = FloatVector.broadcast(S, a[a0]);
      c00 = x.fma(b0, c00);
      c01 = x.fma(b1, c01);
      c02 = x.fma(b2, c02);
      a0 += kStep;
      x = FloatVector.broadcast(S, a[a1]);
      c10 = x.fma(b0, c10);
      c11 = x.fma(b1, c11);
      c12 = x.fma(b2, c12);
      a1 += kStep;
      x = FloatVector.broadcast(S, a[a2]);
      c20 = x.fma(b0, c20);
      c21 = x.fma(b1, c21);
      c22 = x.fma(b2, c22);
      a2 += kStep;
      x = FloatVector.broadcast(S, a[a3]);
      c30 = x.fma(b0, c30);
      c31 = x.fma(b1, c31);
      c32 = x.fma(b2, c32);
      a3 += kStep;
    }
    at = cAt;
    c00.intoArray(c, at);
    c01.intoArray(c, at + L);
    c02.intoArray(c, at + 2 * L);
    at += cStep;
    c10.intoArray(c, at);
    c11.intoArray(c, at + L);
    c12.intoArray(c, at + 2 * L);
    at += cStep;
    c20.intoArray(c, at);
    c21.intoArray(c, at + L);
    c22.intoArray(c, at + 2 * L);
    at += cStep;
    c30.intoArray(c, at);
    c31.intoArray(c, at + L);
    c32.intoArray(c, at + 2 * L);
  }
}
