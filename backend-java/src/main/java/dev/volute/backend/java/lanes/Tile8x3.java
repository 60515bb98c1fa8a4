package dev.volute.backend.java.lanes;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Eight rows by three vectors of a product. All sums stay in registers while k runs: C2 keeps them
 * there only as local variables that are loaded once and stored once. Rows of a at constant
 * distances take one address and one check of bounds: with addresses of their own, they sometimes
 * drive sums out of the registers.
 */
final class Tile8x3 {
  private static final VectorSpecies<Float> S = VectorLanes.FLOATS;
  private static final int L = S.length();

  private Tile8x3() {}

  /** {@code c = c + a b}; element (i, l) of a is at {@code aAt + l * kStep + i}. */
  static void multiplyAdd(
      int k,
      float[] a,
      int aAt,
      int kStep,
      float[] b,
      int bAt,
      int bStep,
      float[] c,
      int cAt,
      int cStep) {
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
    at += cStep;
    FloatVector c40 = FloatVector.fromArray(S, c, at);
    FloatVector c41 = FloatVector.fromArray(S, c, at + L);
    FloatVector c42 = FloatVector.fromArray(S, c, at + 2 * L);
    at += cStep;
    FloatVector c50 = FloatVector.fromArray(S, c, at);
    FloatVector c51 = FloatVector.fromArray(S, c, at + L);
    FloatVector c52 = FloatVector.fromArray(S, c, at + 2 * L);
    at += cStep;
    FloatVector c60 = FloatVector.fromArray(S, c, at);
    FloatVector c61 = FloatVector.fromArray(S, c, at + L);
    FloatVector c62 = FloatVector.fromArray(S, c, at + 2 * L);
    at += cStep;
    FloatVector c70 = FloatVector.fromArray(S, c, at);
    FloatVector c71 = FloatVector.fromArray(S, c, at + L);
    FloatVector c72 = FloatVector.fromArray(S, c, at + 2 * L);
    for (int l = 0, al = aAt, bl = bAt; l < k; l++, al += kStep, bl += bStep) {
      FloatVector b0 = FloatVector.fromArray(S, b, bl);
      FloatVector b1 = FloatVector.fromArray(S, b, bl + L);
      FloatVector b2 = FloatVector.fromArray(S, b, bl + 2 * L);
      FloatVector x = FloatVector.broadcast(S, a[al]);
      c00 = x.fma(b0, c00);
      c01 = x.fma(b1, c01);
      c02 = x.fma(b2, c02);
      x = FloatVector.broadcast(S, a[al + 1]);
      c10 = x.fma(b0, c10);
      c11 = x.fma(b1, c11);
      c12 = x.fma(b2, c12);
      x = FloatVector.broadcast(S, a[al + 2]);
      c20 = x.fma(b0, c20);
      c21 = x.fma(b1, c21);
      c22 = x.fma(b2, c22);
      x = FloatVector.broadcast(S, a[al + 3]);
      c30 = x.fma(b0, c30);
      c31 = x.fma(b1, c31);
      c32 = x.fma(b2, c32);
      x = FloatVector.broadcast(S, a[al + 4]);
      c40 = x.fma(b0, c40);
      c41 = x.fma(b1, c41);
      c42 = x.fma(b2, c42);
      x = FloatVector.broadcast(S, a[al + 5]);
      c50 = x.fma(b0, c50);
      c51 = x.fma(b1, c51);
      c52 = x.fma(b2, c52);
      x = FloatVector.broadcast(S, a[al + 6]);
      c60 = x.fma(b0, c60);
      c61 = x.fma(b1, c61);
      c62 = x.fma(b2, c62);
      x = FloatVector.broadcast(S, a[al + 7]);
      c70 = x.fma(b0, c70);
      c71 = x.fma(b1, c71);
      c72 = x.fma(b2, c72);
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
    at += cStep;
    c40.intoArray(c, at);
    c41.intoArray(c, at + L);
    c42.intoArray(c, at + 2 * L);
    at += cStep;
    c50.intoArray(c, at);
    c51.intoArray(c, at + L);
    c52.intoArray(c, at + 2 * L);
    at += cStep;
    c60.intoArray(c, at);
    c61.intoArray(c, at + L);
    c62.intoArray(c, at + 2 * L);
    at += cStep;
    c70.intoArray(c, at);
    c71.intoArray(c, at + L);
    c72.intoArray(c, at + 2 * L);
  }
}
