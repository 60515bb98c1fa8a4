package dev.volute.backend.java.lanes;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Four filters by two vectors of windows, like {@link WindowTile10x2}. */
final class WindowTile4x2 {
  static final int ROWS = 4;

  private static final VectorSpecies<Float> S = VectorLanes.FLOATS;
  private static final int L = S.length();

  private WindowTile4x2() {}

  /**
   * {@code c = max(low, bias + a b)}; element l of filter i is at {@code aAt + l * 4 + i}, that of
   * window j at {@code bAt + cells[l] + j}.
   *
   * @param last the last filter that counts
   */
  static void multiply(
      int k,
      float[] a,
      int aAt,
      float[] b,
      int bAt,
      int[] cells,
      float[] bias,
      int biasAt,
      float low,
      int last,
      float[] c,
      int cAt,
      int cStep) {
    FloatVector c00 = FloatVector.broadcast(S, bias[biasAt]);
    FloatVector c01 = c00;
    FloatVector c10 = FloatVector.broadcast(S, bias[biasAt + 1]);
    FloatVector c11 = c10;
    FloatVector c20 = FloatVector.broadcast(S, bias[biasAt + 2]);
    FloatVector c21 = c20;
    FloatVector c30 = FloatVector.broadcast(S, bias[biasAt + 3]);
    FloatVector c31 = c30;
    for (int l = 0; l < k; l++) {
      int at = bAt + cells[l];
      FloatVector b0 = FloatVector.fromArray(S, b, at);
      FloatVector b1 = FloatVector.fromArray(S, b, at + L);
      int al = aAt + l * 4;
      FloatVector x = FloatVector.broadcast(S, a[al]);
      c00 = x.fma(b0, c00);
      c01 = x.fma(b1, c01);
      x = FloatVector.broadcast(S, a[al + 1]);
      c10 = x.fma(b0, c10);
      c11 = x.fma(b1, c11);
      x = FloatVector.broadcast(S, a[al + 2]);
      c20 = x.fma(b0, c20);
      c21 = x.fma(b1, c21);
      x = FloatVector.broadcast(S, a[al + 3]);
      c30 = x.fma(b0, c30);
      c31 = x.fma(b1, c31);
    }
    FloatVector least = FloatVector.broadcast(S, low);
    // A row behind the last is stored where the last is, before it.
    int at = cAt + Math.min(3, last) * cStep;
    c30.blend(least, c30.lt(least)).intoArray(c, at);
    c31.blend(least, c31.lt(least)).intoArray(c, at + L);
    at = cAt + Math.min(2, last) * cStep;
    c20.blend(least, c20.lt(least)).intoArray(c, at);
    c21.blend(least, c21.lt(least)).intoArray(c, at + L);
    at = cAt + Math.min(1, last) * cStep;
    c10.blend(least, c10.lt(least)).intoArray(c, at);
    c11.blend(least, c11.lt(least)).intoArray(c, at + L);
    at = cAt;
    c00.blend(least, c00.lt(least)).intoArray(c, at);
    c01.blend(least, c01.lt(least)).intoArray(c, at + L);
  }
}
