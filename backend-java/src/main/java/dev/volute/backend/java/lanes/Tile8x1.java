package dev.volute.backend.java.lanes;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Eight rows by one vector of a product, like {@link Tile8x3}. */
final class Tile8x1 {
  private static final VectorSpecies<Float> S = VectorLanes.FLOATS;
  private static final int L = S.length();

  private Tile8x1() {}

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
    at += cStep;
    FloatVector c10 = FloatVector.fromArray(S, c, at);
    at += cStep;
    FloatVector c20 = FloatVector.fromArray(S, c, at);
    at += cStep;
    FloatVector c30 = FloatVector.fromArray(S, c, at);
    at += cStep;
    FloatVector c40 = FloatVector.fromArray(S, c, at);
    at += cStep;
    FloatVector c50 = FloatVector.fromArray(S, c, at);
    at += cStep;
    FloatVector c60 = FloatVector.fromArray(S, c, at);
    at += cStep;
    FloatVector c70 = FloatVector.fromArray(S, c, at);
    for (int l = 0, al = aAt, bl = bAt; l < k; l++, al += kStep, bl += bStep) {
      FloatVector b0 = FloatVector.fromArray(S, b, bl);
      FloatVector x = FloatVector.broadcast(S, a[al]);
      c00 = x.fma(b0, c00);
      x = FloatVector.broadcast(S, a[al + 1]);
      c10 = x.fma(b0, c10);
      x = FloatVector.broadcast(S, a[al + 2]);
      c20 = x.fma(b0, c20);
      x = FloatVector.broadcast(S, a[al + 3]);
      c30 = x.fma(b0, c30);
      x = FloatVector.broadcast(S, a[al + 4]);
      c40 = x.fma(b0, c40);
      x = FloatVector.broadcast(S, a[al + 5]);
      c50 = x.fma(b0, c50);
      x = FloatVector.broadcast(S, a[al + 6]);
      c60 = x.fma(b0, c60);
      x = FloatVector.broadcast(S, a[al + 7]);
      c70 = x.fma(b0, c70);
    }
    at = cAt;
    c00.intoArray(c, at);
    at += cStep;
    c10.intoArray(c, at);
    at += cStep;
    c20.intoArray(c, at);
    at += cStep;
    c30.intoArray(c, at);
    at += cStep;
    c40.intoArray(c, at);
    at += cStep;
    c50.intoArray(c, at);
    at += cStep;
    c60.intoArray(c, at);
    at += cStep;
    c70.intoArray(c, at);
  }
}
