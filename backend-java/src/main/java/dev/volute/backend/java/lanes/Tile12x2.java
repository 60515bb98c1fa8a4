package dev.volute.backend.java.lanes;

import dev.volute.backend.java.simd.Products;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Twelve rows by two vectors of a product, like {@link Tile8x2}: it reads b the least often. */
final class Tile12x2 {
  private static final VectorSpecies<Float> S = VectorLanes.FLOATS;
  private static final int L = S.length();
  private static final int P = Products.ROW_PITCH;

  private Tile12x2() {}

  /** {@code c = c + a b}; element (i, l) of a is at {@code aAt + i * P + l}. */
  static void pitched(
      int k, float[] a, int aAt, float[] b, int bAt, int bStep, float[] c, int cAt, int cStep) {
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
    at += cStep;
    FloatVector c40 = FloatVector.fromArray(S, c, at);
    FloatVector c41 = FloatVector.fromArray(S, c, at + L);
    at += cStep;
    FloatVector c50 = FloatVector.fromArray(S, c, at);
    FloatVector c51 = FloatVector.fromArray(S, c, at + L);
    at += cStep;
    FloatVector c60 = FloatVector.fromArray(S, c, at);
    FloatVector c61 = FloatVector.fromArray(S, c, at + L);
    at += cStep;
    FloatVector c70 = FloatVector.fromArray(S, c, at);
    FloatVector c71 = FloatVector.fromArray(S, c, at + L);
    at += cStep;
    FloatVector c80 = FloatVector.fromArray(S, c, at);
    FloatVector c81 = FloatVector.fromArray(S, c, at + L);
    at += cStep;
    FloatVector c90 = FloatVector.fromArray(S, c, at);
    FloatVector c91 = FloatVector.fromArray(S, c, at + L);
    at += cStep;
    FloatVector c100 = FloatVector.fromArray(S, c, at);
    FloatVector c101 = FloatVector.fromArray(S, c, at + L);
    at += cStep;
    FloatVector c110 = FloatVector.fromArray(S, c, at);
    FloatVector c111 = FloatVector.fromArray(S, c, at + L);
    for (int l = 0; l < k; l++) {
      int bl = bAt + l * bStep;
      FloatVector b0 = FloatVector.fromArray(S, b, bl);
      FloatVector b1 = FloatVector.fromArray(S, b, bl + L);
      int al = aAt + l;
      FloatVector x = FloatVector.broadcast(S, a[al]);
      c00 = x.fma(b0, c00);
      c01 = x.fma(b1, c01);
      x = FloatVector.broadcast(S, a[al + P]);
      c10 = x.fma(b0, c10);
      c11 = x.fma(b1, c11);
      x = FloatVector.broadcast(S, a[al + 2 * P]);
      c20 = x.fma(b0, c20);
      c21 = x.fma(b1, c21);
      x = FloatVector.broadcast(S, a[al + 3 * P]);
      c30 = x.fma(b0, c30);
      c31 = x.fma(b1, c31);
      x = FloatVector.broadcast(S, a[al + 4 * P]);
      c40 = x.fma(b0, c40);
      c41 = x.fma(b1, c41);
      x = FloatVector.broadcast(S, a[al + 5 * P]);
      c50 = x.fma(b0, c50);
      c51 = x.fma(b1, c51);
      x = FloatVector.broadcast(S, a[al + 6 * P]);
      c60 = x.fma(b0, c60);
      c61 = x.fma(b1, c61);
      x = FloatVector.broadcast(S, a[al + 7 * P]);
      c70 = x.fma(b0, c70);
      c71 = x.fma(b1, c71);
      x = FloatVector.broadcast(S, a[al + 8 * P]);
      c80 = x.fma(b0, c80);
      c81 = x.fma(b1, c81);
      x = FloatVector.broadcast(S, a[al + 9 * P]);
      c90 = x.fma(b0, c90);
      c91 = x.fma(b1, c91);
      x = FloatVector.broadcast(S, a[al + 10 * P]);
      c100 = x.fma(b0, c100);
      c101 = x.fma(b1, c101);
      x = FloatVector.broadcast(S, a[al + 11 * P]);
      c110 = x.fma(b0, c110);
      c111 = x.fma(b1, c111);
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
    at += cStep;
    c40.intoArray(c, at);
    c41.intoArray(c, at + L);
    at += cStep;
    c50.intoArray(c, at);
    c51.intoArray(c, at + L);
    at += cStep;
    c60.intoArray(c, at);
    c61.intoArray(c, at + L);
    at += cStep;
    c70.intoArray(c, at);
    c71.intoArray(c, at + L);
    at += cStep;
    c80.intoArray(c, at);
    c81.intoArray(c, at + L);
    at += cStep;
    c90.intoArray(c, at);
    c91.intoArray(c, at + L);
    at += cStep;
    c100.intoArray(c, at);
    c101.intoArray(c, at + L);
    at += cStep;
    c110.intoArray(c, at);
    c111.intoArray(c, at + L);
  }
}
