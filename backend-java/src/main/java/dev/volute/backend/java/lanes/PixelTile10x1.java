package dev.volute.backend.java.lanes;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** {@link PixelTile10x2} for one vector of filters. */
final class PixelTile10x1 {
  private static final VectorSpecies<Float> S = VectorLanes.FLOATS;
  private static final int L = S.length();
  private static final int W = 2 * L;

  private PixelTile10x1() {}

  /**
   * {@code c = bias + r + a b}, or {@code min(high, max(low, c))} if {@code bounded}; element l of
   * window i is at {@code aAt + from[at + i] + l}, its result at {@code cAt + to[at + i]}, its row
   * of r at {@code rAt + rRows[rRowsAt + i]}. The first of each two vectors of b counts.
   */
  static void multiply(
      int k,
      int at,
      float[] a,
      int aAt,
      int[] from,
      float[] b,
      int bAt,
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
    int a6 = aAt + from[at + 6];
    int a7 = aAt + from[at + 7];
    int a8 = aAt + from[at + 8];
    int a9 = aAt + from[at + 9];
    FloatVector start = FloatVector.fromArray(S, bias, biasAt);
    FloatVector c0 = start.add(FloatVector.fromArray(S, r, rAt + rRows[rRowsAt + 0]));
    FloatVector c1 = start.add(FloatVector.fromArray(S, r, rAt + rRows[rRowsAt + 1]));
    FloatVector c2 = start.add(FloatVector.fromArray(S, r, rAt + rRows[rRowsAt + 2]));
    FloatVector c3 = start.add(FloatVector.fromArray(S, r, rAt + rRows[rRowsAt + 3]));
    FloatVector c4 = start.add(FloatVector.fromArray(S, r, rAt + rRows[rRowsAt + 4]));
    FloatVector c5 = start.add(FloatVector.fromArray(S, r, rAt + rRows[rRowsAt + 5]));
    FloatVector c6 = start.add(FloatVector.fromArray(S, r, rAt + rRows[rRowsAt + 6]));
    FloatVector c7 = start.add(FloatVector.fromArray(S, r, rAt + rRows[rRowsAt + 7]));
    FloatVector c8 = start.add(FloatVector.fromArray(S, r, rAt + rRows[rRowsAt + 8]));
    FloatVector c9 = start.add(FloatVector.fromArray(S, r, rAt + rRows[rRowsAt + 9]));
    for (int l = 0; l < k; l++) {
      FloatVector row = FloatVector.fromArray(S, b, bAt + l * W);
      c0 = FloatVector.broadcast(S, a[a0 + l]).fma(row, c0);
      c1 = FloatVector.broadcast(S, a[a1 + l]).fma(row, c1);
      c2 = FloatVector.broadcast(S, a[a2 + l]).fma(row, c2);
      c3 = FloatVector.broadcast(S, a[a3 + l]).fma(row, c3);
      c4 = FloatVector.broadcast(S, a[a4 + l]).fma(row, c4);
      c5 = FloatVector.broadcast(S, a[a5 + l]).fma(row, c5);
      c6 = FloatVector.broadcast(S, a[a6 + l]).fma(row, c6);
      c7 = FloatVector.broadcast(S, a[a7 + l]).fma(row, c7);
      c8 = FloatVector.broadcast(S, a[a8 + l]).fma(row, c8);
      c9 = FloatVector.broadcast(S, a[a9 + l]).fma(row, c9);
    }
    if (!bounded) {
      c0.intoArray(c, cAt + to[at + 0]);
      c1.intoArray(c, cAt + to[at + 1]);
      c2.intoArray(c, cAt + to[at + 2]);
      c3.intoArray(c, cAt + to[at + 3]);
      c4.intoArray(c, cAt + to[at + 4]);
      c5.intoArray(c, cAt + to[at + 5]);
      c6.intoArray(c, cAt + to[at + 6]);
      c7.intoArray(c, cAt + to[at + 7]);
      c8.intoArray(c, cAt + to[at + 8]);
      c9.intoArray(c, cAt + to[at + 9]);
      return;
    }
    FloatVector least = FloatVector.broadcast(S, low);
    FloatVector most = FloatVector.broadcast(S, high);
    c0 = c0.blend(least, c0.lt(least));
    c0.blend(most, most.lt(c0)).intoArray(c, cAt + to[at + 0]);
    c1 = c1.blend(least, c1.lt(least));
    c1.blend(most, most.lt(c1)).intoArray(c, cAt + to[at + 1]);
    c2 = c2.blend(least, c2.lt(least));
    c2.blend(most, most.lt(c2)).intoArray(c, cAt + to[at + 2]);
    c3 = c3.blend(least, c3.lt(least));
    c3.blend(most, most.lt(c3)).intoArray(c, cAt + to[at + 3]);
    c4 = c4.blend(least, c4.lt(least));
    c4.blend(most, most.lt(c4)).intoArray(c, cAt + to[at + 4]);
    c5 = c5.blend(least, c5.lt(least));
    c5.blend(most, most.lt(c5)).intoArray(c, cAt + to[at + 5]);
    c6 = c6.blend(least, c6.lt(least));
    c6.blend(most, most.lt(c6)).intoArray(c, cAt + to[at + 6]);
    c7 = c7.blend(least, c7.lt(least));
    c7.blend(most, most.lt(c7)).intoArray(c, cAt + to[at + 7]);
    c8 = c8.blend(least, c8.lt(least));
    c8.blend(most, most.lt(c8)).intoArray(c, cAt + to[at + 8]);
    c9 = c9.blend(least, c9.lt(least));
    c9.blend(most, most.lt(c9)).intoArray(c, cAt + to[at + 9]);
  }
}
