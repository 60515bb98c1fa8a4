package dev.volute.backend.java.lanes;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Ten filters by two vectors of windows. All sums stay in registers while k runs: C2 keeps them
 * there only as local variables that are set once before one loop. Of 12 or 13 filters it keeps
 * some in memory.
 */
final class WindowTile10x2 {
  static final int ROWS = 10;

  /**
   * C2 sees through one factor that is a power of two, and checks bounds in each turn otherwise.
   */
  static final int PITCH = 16;

  private static final VectorSpecies<Float> S = VectorLanes.FLOATS;
  private static final int L = S.length();

  private WindowTile10x2() {}

  /**
   * {@code c = max(low, bias + a b)}; element l of filter i is at {@code aAt + l * PITCH + i}, that
   * of window j at {@code bAt + cells[l] + j}.
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
    FloatVector c40 = FloatVector.broadcast(S, bias[biasAt + 4]);
    FloatVector c41 = c40;
    FloatVector c50 = FloatVector.broadcast(S, bias[biasAt + 5]);
    FloatVector c51 = c50;
    FloatVector c60 = FloatVector.broadcast(S, bias[biasAt + 6]);
    FloatVector c61 = c60;
    FloatVector c70 = FloatVector.broadcast(S, bias[biasAt + 7]);
    FloatVector c71 = c70;
    FloatVector c80 = FloatVector.broadcast(S, bias[biasAt + 8]);
    FloatVector c81 = c80;
    FloatVector c90 = FloatVector.broadcast(S, bias[biasAt + 9]);
    FloatVector c91 = c90;
    for (int l = 0; l < k; l++) {
      int at = bAt + cells[l];
      FloatVector b0 = FloatVector.fromArray(S, b, at);
      FloatVector b1 = FloatVector.fromArray(S, b, at + L);
      int al = aAt + l * PITCH;
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
      x = FloatVector.broadcast(S, a[al + 4]);
      c40 = x.fma(b0, c40);
      c41 = x.fma(b1, c41);
      x = FloatVector.broadcast(S, a[al + 5]);
      c50 = x.fma(b0, c50);
      c51 = x.fma(b1, c51);
      x = FloatVector.broadcast(S, a[al + 6]);
      c60 = x.fma(b0, c60);
      c61 = x.fma(b1, c61);
      x = FloatVector.broadcast(S, a[al + 7]);
      c70 = x.fma(b0, c70);
      c71 = x.fma(b1, c71);
      x = FloatVector.broadcast(S, a[al + 8]);
      c80 = x.fma(b0, c80);
      c81 = x.fma(b1, c81);
      x = FloatVector.broadcast(S, a[al + 9]);
      c90 = x.fma(b0, c90);
      c91 = x.fma(b1, c91);
    }
    FloatVector least = FloatVector.broadcast(S, low);
    // A row behind the last is stored where the last is, before it.
    int at = cAt + Math.min(9, last) * cStep;
    c90.blend(least, c90.lt(least)).intoArray(c, at);
    c91.blend(least, c91.lt(least)).intoArray(c, at + L);
    at = cAt + Math.min(8, last) * cStep;
    c80.blend(least, c80.lt(least)).intoArray(c, at);
    c81.blend(least, c81.lt(least)).intoArray(c, at + L);
    at = cAt + Math.min(7, last) * cStep;
    c70.blend(least, c70.lt(least)).intoArray(c, at);
    c71.blend(least, c71.lt(least)).intoArray(c, at + L);
    at = cAt + Math.min(6, last) * cStep;
    c60.blend(least, c60.lt(least)).intoArray(c, at);
    c61.blend(least, c61.lt(least)).intoArray(c, at + L);
    at = cAt + Math.min(5, last) * cStep;
    c50.blend(least, c50.lt(least)).intoArray(c, at);
    c51.blend(least, c51.lt(least)).intoArray(c, at + L);
    at = cAt + Math.min(4, last) * cStep;
    c40.blend(least, c40.lt(least)).intoArray(c, at);
    c41.blend(least, c41.lt(least)).intoArray(c, at + L);
    at = cAt + Math.min(3, last) * cStep;
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
