package dev.volute.backend.java.lanes;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Six windows by two vectors of filters. All sums stay in registers while k runs: C2 keeps them
 * there only as local variables that are set once before one loop, and never behind a condition.
 * Six by two fit 16 registers.
 */
final class PixelTile6x2 {
  static final int ROWS = 6;

  private static final VectorSpecies<Float> S = VectorLanes.FLOATS;
  private static final int L = S.length();

  /** One factor: C2 does not see through two, and then checks bounds in each turn. */
  private static final int W = 2 * L;

  private PixelTile6x2() {}

  /**
   * {@code c = bias + r + a b}, or {@code min(high, max(low, c))} if {@code bounded}; element l of
   * window i is at {@code aAt + from[at + i] + l}, its result at {@code cAt + to[at + i]}, its row
   * of r at {@code rAt + rRows[rRowsAt + i]}.
   */
  static void multiply(
      int k,
      int at,
      float[] a,
      int aAt,
      int[] from,
      float[] b,
      int bAt,
      int second,
      float[] bias,
      int biasAt,
      float[] r,
      int rAt,
      int[] rRows,
      int rRowsAt,
      boolean bounded,
      float low,
      float high,
      float[] c,
      int cAt,
      int[] to) {
    int a0 = aAt + from[at + 0];
    int a1 = aAt + from[at + 1];
    int a2 = aAt + from[at + 2];
    int a3 = aAt + from[at + 3];
    int a4 = aAt + from[at + 4];
    int a5 = aAt + from[at + 5];
    FloatVector s0 = FloatVector.fromArray(S, bias, biasAt);
    FloatVector s1 = FloatVector.fromArray(S, bias, biasAt + second);
    int row;
    row = rAt + rRows[rRowsAt + 0];
    FloatVector c00 = s0.add(FloatVector.fromArray(S, r, row));
    FloatVector c01 = s1.add(FloatVector.fromArray(S, r, row + second));
    row = rAt + rRows[rRowsAt + 1];
    FloatVector c10 = s0.add(FloatVector.fromArray(S, r, row));
    FloatVector c11 = s1.add(FloatVector.fromArray(S, r, row + second));
    row = rAt + rRows[rRowsAt + 2];
    FloatVector c20 = s0.add(FloatVector.fromArray(S, r, row));
    FloatVector c21 = s1.add(FloatVector.fromArray(S, r, row + second));
    row = rAt + rRows[rRowsAt + 3];
    FloatVector c30 = s0.add(FloatVector.fromArray(S, r, row));
    FloatVector c31 = s1.add(FloatVector.fromArray(S, r, row + second));
    row = rAt + rRows[rRowsAt + 4];
    FloatVector c40 = s0.add(FloatVector.fromArray(S, r, row));
    FloatVector c41 = s1.add(FloatVector.fromArray(S, r, row + second));
    row = rAt + rRows[rRowsAt + 5];
    FloatVector c50 = s0.add(FloatVector.fromArray(S, r, row));
    FloatVector c51 = s1.add(FloatVector.fromArray(S, r, row + second));
    for (int l = 0; l < k; l++) {
      FloatVector b0 = FloatVector.fromArray(S, b, bAt + l * W);
      FloatVector b1 = FloatVector.fromArray(S, b, bAt + l * W + L);
      FloatVector x = FloatVector.broadcast(S, a[a0 + l]);
      c00 = x.fma(b0, c00);
      c01 = x.fma(b1, c01);
      x = FloatVector.broadcast(S, a[a1 + l]);
      c10 = x.fma(b0, c10);
      c11 = x.fma(b1, c11);
      x = FloatVector.broadcast(S, a[a2 + l]);
      c20 = x.fma(b0, c20);
      c21 = x.fma(b1, c21);
      x = FloatVector.broadcast(S, a[a3 + l]);
      c30 = x.fma(b0, c30);
      c31 = x.fma(b1, c31);
      x = FloatVector.broadcast(S, a[a4 + l]);
      c40 = x.fma(b0, c40);
      c41 = x.fma(b1, c41);
      x = FloatVector.broadcast(S, a[a5 + l]);
      c50 = x.fma(b0, c50);
      c51 = x.fma(b1, c51);
    }
    if (!bounded) {
      row = cAt + to[at + 0];
      c00.intoArray(c, row);
      c01.intoArray(c, row + second);
      row = cAt + to[at + 1];
      c10.intoArray(c, row);
      c11.intoArray(c, row + second);
      row = cAt + to[at + 2];
      c20.intoArray(c, row);
      c21.intoArray(c, row + second);
      row = cAt + to[at + 3];
      c30.intoArray(c, row);
      c31.intoArray(c, row + second);
      row = cAt + to[at + 4];
      c40.intoArray(c, row);
      c41.intoArray(c, row + second);
      row = cAt + to[at + 5];
      c50.intoArray(c, row);
      c51.intoArray(c, row + second);
      return;
    }
    FloatVector least = FloatVector.broadcast(S, low);
    FloatVector most = FloatVector.broadcast(S, high);
    row = cAt + to[at + 0];
    c00 = c00.blend(least, c00.lt(least));
    c01 = c01.blend(least, c01.lt(least));
    c00.blend(most, most.lt(c00)).intoArray(c, row);
    c01.blend(most, most.lt(c01)).intoArray(c, row + second);
    row = cAt + to[at + 1];
    c10 = c10.blend(least, c10.lt(least));
    c11 = c11.blend(least, c11.lt(least));
    c10.blend(most, most.lt(c10)).intoArray(c, row);
    c11.blend(most, most.lt(c11)).intoArray(c, row + second);
    row = cAt + to[at + 2];
    c20 = c20.blend(least, c20.lt(least));
    c21 = c21.blend(least, c21.lt(least));
    c20.blend(most, most.lt(c20)).intoArray(c, row);
    c21.blend(most, most.lt(c21)).intoArray(c, row + second);
    row = cAt + to[at + 3];
    c30 = c30.blend(least, c30.lt(least));
    c31 = c31.blend(least, c31.lt(least));
    c30.blend(most, most.lt(c30)).intoArray(c, row);
    c31.blend(most, most.lt(c31)).intoArray(c, row + second);
    row = cAt + to[at + 4];
    c40 = c40.blend(least, c40.lt(least));
    c41 = c41.blend(least, c41.lt(least));
    c40.blend(most, most.lt(c40)).intoArray(c, row);
    c41.blend(most, most.lt(c41)).intoArray(c, row + second);
    row = cAt + to[at + 5];
    c50 = c50.blend(least, c50.lt(least));
    c51 = c51.blend(least, c51.lt(least));
    c50.blend(most, most.lt(c50)).intoArray(c, row);
    c51.blend(most, most.lt(c51)).intoArray(c, row + second);
  }
}
