package dev.volute.backend.java.lanes;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Four rows by two vectors of a product, like {@link Tile8x2}. */
final class Tile4x2 {
  private static final VectorSpecies<Float> S = VectorLanes.FLOATS;
  private static final int L = S.length();

  private Tile4x2() {}

  /**
   * {@code c = c + a b}. Element (i, l) of a is at {@code aAt + min(i, rows - 1) * rowStep + l *
   * kStep}: where there are fewer rows than the tile has, the last is computed again.
   */
  static void strided(
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
    int row1 = Math.min(1, last) * rowStep;
    int row2 = Math.min(2, last) * rowStep;
    int row3 = Math.min(3, last) * rowStep;
    int at = cAt;
    FloatVector c00 = FloatVector.fromArray(S, c, at);
    FloatVector c01 = FloatVector.fromArray(S, c, at + L);
    at += cStep;
    FloatVector c10 = FloatVector.fromArray(S, c, at);
    FloatVector c11 = FloatVector.fromArray(S, c, at + L);
    at += cStep;
    FloatVector c20 = FloatVector.fromArray(S, c, at);
    FloatVector c21 = FloatVector.fromArray(S, c, at + L);
    at += cStep;
    FloatVector c30 = FloatVector.fromArray(S, c, at);
    FloatVector c31 = FloatVector.fromArray(S, c, at + L);
    for (int l = 0; l < k; l++) {
      int bl = bAt + l * bStep;
      FloatVector b0 = FloatVector.fromArray(S, b, bl);
      FloatVector b1 = FloatVector.fromArray(S, b, bl + L);
      int al = aAt + l * kStep;
      FloatVector x = FloatVector.broadcast(S, a[al]);
      c00 = x.fma(b0, c00);
      c01 = x.fma(b1, c01);
      x = FloatVector.broadcast(S, a[al + row1]);
      c10 = x.fma(b0, c10);
      c11 = x.fma(b1, c11);
      x = FloatVector.broadcast(S, a[al + row2]);
      c20 = x.fma(b0, c20);
      c21 = x.fma(b1, c21);
      x = FloatVector.broadcast(S, a[al + row3]);
      c30 = x.fma(b0, c30);
      c31 = x.fma(b1, c31);
    }
    at = cAt;
    c00.intoArray(c, at);
    c01.intoArray(c, at + L);
    at += cStep;
    c10.intoArray(c, at);
    c11.intoArray(c, at + L);
    at += cStep;
    c20.intoArray(c, at);
    c21.intoArray(c, at + L);
    at += cStep;
    c30.intoArray(c, at);
    c31.intoArray(c, at + L);
  }
}
