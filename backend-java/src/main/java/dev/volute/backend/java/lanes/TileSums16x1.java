package dev.volute.backend.java.lanes;

import dev.volute.backend.java.simd.TileGroups;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Sums over tiles of 16 rows by one vector of columns. */
final class TileSums16x1 {
  static final int ROWS = 16;

  private static final VectorSpecies<Float> S = VectorLanes.FLOATS;
  private static final int L = S.length();
  private static final int P = TileGroups.run(L);
  private static final int T = TileGroups.TILES;

  private TileSums16x1() {}

  /**
   * {@code s = s + a^T b}; element i of tile t is at {@code aAt + t * P + i} with {@code aBetween}
   * between groups, its row of sums at {@code sAt + i * P}.
   */
  static void add(
      int tiles,
      float[] a,
      int aAt,
      int aBetween,
      float[] b,
      int bAt,
      int bBetween,
      float[] s,
      int sAt) {
    FloatVector c00 = FloatVector.fromArray(S, s, sAt);
    FloatVector c10 = FloatVector.fromArray(S, s, sAt + P);
    FloatVector c20 = FloatVector.fromArray(S, s, sAt + 2 * P);
    FloatVector c30 = FloatVector.fromArray(S, s, sAt + 3 * P);
    FloatVector c40 = FloatVector.fromArray(S, s, sAt + 4 * P);
    FloatVector c50 = FloatVector.fromArray(S, s, sAt + 5 * P);
    FloatVector c60 = FloatVector.fromArray(S, s, sAt + 6 * P);
    FloatVector c70 = FloatVector.fromArray(S, s, sAt + 7 * P);
    FloatVector c80 = FloatVector.fromArray(S, s, sAt + 8 * P);
    FloatVector c90 = FloatVector.fromArray(S, s, sAt + 9 * P);
    FloatVector ca0 = FloatVector.fromArray(S, s, sAt + 10 * P);
    FloatVector cb0 = FloatVector.fromArray(S, s, sAt + 11 * P);
    FloatVector cc0 = FloatVector.fromArray(S, s, sAt + 12 * P);
    FloatVector cd0 = FloatVector.fromArray(S, s, sAt + 13 * P);
    FloatVector ce0 = FloatVector.fromArray(S, s, sAt + 14 * P);
    FloatVector cf0 = FloatVector.fromArray(S, s, sAt + 15 * P);
    for (int t = 0; t < tiles; t++) {
      // From one place on at constant distances: bounds are checked of the least and the most.
      int at = aAt + t * P + t / T * aBetween;
      int column = bAt + t * P + t / T * bBetween;
      FloatVector b0 = FloatVector.fromArray(S, b, column);
      FloatVector x = FloatVector.broadcast(S, a[at]);
      c00 = x.fma(b0, c00);
      x = FloatVector.broadcast(S, a[at + 1]);
      c10 = x.fma(b0, c10);
      x = FloatVector.broadcast(S, a[at + 2]);
      c20 = x.fma(b0, c20);
      x = FloatVector.broadcast(S, a[at + 3]);
      c30 = x.fma(b0, c30);
      x = FloatVector.broadcast(S, a[at + 4]);
      c40 = x.fma(b0, c40);
      x = FloatVector.broadcast(S, a[at + 5]);
      c50 = x.fma(b0, c50);
      x = FloatVector.broadcast(S, a[at + 6]);
      c60 = x.fma(b0, c60);
      x = FloatVector.broadcast(S, a[at + 7]);
      c70 = x.fma(b0, c70);
      x = FloatVector.broadcast(S, a[at + 8]);
      c80 = x.fma(b0, c80);
      x = FloatVector.broadcast(S, a[at + 9]);
      c90 = x.fma(b0, c90);
      x = FloatVector.broadcast(S, a[at + 10]);
      ca0 = x.fma(b0, ca0);
      x = FloatVector.broadcast(S, a[at + 11]);
      cb0 = x.fma(b0, cb0);
      x = FloatVector.broadcast(S, a[at + 12]);
      cc0 = x.fma(b0, cc0);
      x = FloatVector.broadcast(S, a[at + 13]);
      cd0 = x.fma(b0, cd0);
      x = FloatVector.broadcast(S, a[at + 14]);
      ce0 = x.fma(b0, ce0);
      x = FloatVector.broadcast(S, a[at + 15]);
      cf0 = x.fma(b0, cf0);
    }
    c00.intoArray(s, sAt);
    c10.intoArray(s, sAt + P);
    c20.intoArray(s, sAt + 2 * P);
    c30.intoArray(s, sAt + 3 * P);
    c40.intoArray(s, sAt + 4 * P);
    c50.intoArray(s, sAt + 5 * P);
    c60.intoArray(s, sAt + 6 * P);
    c70.intoArray(s, sAt + 7 * P);
    c80.intoArray(s, sAt + 8 * P);
    c90.intoArray(s, sAt + 9 * P);
    ca0.intoArray(s, sAt + 10 * P);
    cb0.intoArray(s, sAt + 11 * P);
    cc0.intoArray(s, sAt + 12 * P);
    cd0.intoArray(s, sAt + 13 * P);
    ce0.intoArray(s, sAt + 14 * P);
    cf0.intoArray(s, sAt + 15 * P);
  }
}
