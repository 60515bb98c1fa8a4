package dev.volute.backend.java.lanes;

import dev.volute.backend.java.simd.TileGroups;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** {@link GroupTile16x1} for 16 registers. */
final class GroupTile8x1 {
  static final int ROWS = 8;

  private static final VectorSpecies<Float> S = VectorLanes.FLOATS;
  private static final int L = S.length();

  /** One factor: C2 does not see through two, and then checks bounds in each turn. */
  private static final int W = 2 * L;

  private static final int P = TileGroups.run(L);

  /** From the end of a run to the next. */
  private static final int BETWEEN = TileGroups.runStep(P) - P;

  private GroupTile8x1() {}

  /**
   * {@code c = bias + a b}; element l of row i is at {@code aAt + i * P + l} with what lies between
   * runs, its result at {@code cAt + i * P}.
   */
  static void multiply(
      int k, float[] a, int aAt, float[] b, int bAt, float[] bias, int biasAt, float[] c, int cAt) {
    FloatVector s0 = FloatVector.fromArray(S, bias, biasAt);
    FloatVector c00 = s0;
    FloatVector c10 = s0;
    FloatVector c20 = s0;
    FloatVector c30 = s0;
    FloatVector c40 = s0;
    FloatVector c50 = s0;
    FloatVector c60 = s0;
    FloatVector c70 = s0;
    for (int l = 0; l < k; l++) {
      // From one place on at constant distances: bounds are checked of the least and the most.
      int at = aAt + l + l / P * BETWEEN;
      FloatVector b0 = FloatVector.fromArray(S, b, bAt + l * W);
      FloatVector x = FloatVector.broadcast(S, a[at]);
      c00 = x.fma(b0, c00);
      x = FloatVector.broadcast(S, a[at + P]);
      c10 = x.fma(b0, c10);
      x = FloatVector.broadcast(S, a[at + 2 * P]);
      c20 = x.fma(b0, c20);
      x = FloatVector.broadcast(S, a[at + 3 * P]);
      c30 = x.fma(b0, c30);
      x = FloatVector.broadcast(S, a[at + 4 * P]);
      c40 = x.fma(b0, c40);
      x = FloatVector.broadcast(S, a[at + 5 * P]);
      c50 = x.fma(b0, c50);
      x = FloatVector.broadcast(S, a[at + 6 * P]);
      c60 = x.fma(b0, c60);
      x = FloatVector.broadcast(S, a[at + 7 * P]);
      c70 = x.fma(b0, c70);
    }
    c00.intoArray(c, cAt);
    c10.intoArray(c, cAt + P);
    c20.intoArray(c, cAt + 2 * P);
    c30.intoArray(c, cAt + 3 * P);
    c40.intoArray(c, cAt + 4 * P);
    c50.intoArray(c, cAt + 5 * P);
    c60.intoArray(c, cAt + 6 * P);
    c70.intoArray(c, cAt + 7 * P);
  }
}
