package dev.volute.backend.java.lanes;

import dev.volute.backend.java.simd.TileGroups;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link GroupTile8x2} that reads the next filters ahead, a little in each turn: Java has no other
 * way to bring them near. What is asked for at once would be waited for.
 */
final class AheadTile8x2 {
  static final int ROWS = 8;

  private static final VectorSpecies<Float> S = VectorLanes.FLOATS;
  private static final int L = S.length();

  /** One factor: C2 does not see through two, and then checks bounds in each turn. */
  private static final int W = 2 * L;

  private static final int P = TileGroups.run(L);

  /** From the end of a run to the next. */
  private static final int BETWEEN = TileGroups.runStep(P) - P;

  /** From a vector of results to the next. */
  private static final int NEXT = L < P ? L : TileGroups.runStep(P);

  private AheadTile8x2() {}

  /**
   * {@code c = bias + a b}; element l of row i is at {@code aAt + i * P + l} with what lies between
   * runs, its result at {@code cAt + i * P}.
   *
   * @param k is even
   * @param ahead where reading ahead begins in b: an element, and three more at distances of {@code
   *     apart}, and {@code aheadStep / 8} further for each l. From where pages begin to be read the
   *     processor reads on by itself, so that a turn waits for four of them at once.
   * @return of no meaning, but made of what was read ahead
   */
  static int multiply(
      int k,
      float[] a,
      int aAt,
      float[] b,
      int bAt,
      int ahead,
      int aheadStep,
      int apart,
      float[] bias,
      int biasAt,
      float[] c,
      int cAt) {
    FloatVector s0 = FloatVector.fromArray(S, bias, biasAt);
    FloatVector s1 = FloatVector.fromArray(S, bias, biasAt + L);
    FloatVector c00 = s0;
    FloatVector c01 = s1;
    FloatVector c10 = s0;
    FloatVector c11 = s1;
    FloatVector c20 = s0;
    FloatVector c21 = s1;
    FloatVector c30 = s0;
    FloatVector c31 = s1;
    FloatVector c40 = s0;
    FloatVector c41 = s1;
    FloatVector c50 = s0;
    FloatVector c51 = s1;
    FloatVector c60 = s0;
    FloatVector c61 = s1;
    FloatVector c70 = s0;
    FloatVector c71 = s1;
    int read = 0;
    for (int l = 0; l < k; l += 2) {
      // From one place on at constant distances: bounds are checked of the least and the most.
      int at = aAt + l + l / P * BETWEEN;
      int next = ahead + (l * aheadStep >> 3);
      read ^= Float.floatToRawIntBits(b[next]);
      read ^= Float.floatToRawIntBits(b[next + apart]);
      read ^= Float.floatToRawIntBits(b[next + 2 * apart]);
      read ^= Float.floatToRawIntBits(b[next + 3 * apart]);
      FloatVector b0 = FloatVector.fromArray(S, b, bAt + l * W);
      FloatVector b1 = FloatVector.fromArray(S, b, bAt + l * W + L);
      FloatVector x = FloatVector.broadcast(S, a[at]);
      c00 = x.fma(b0, c00);
      c01 = x.fma(b1, c01);
      x = FloatVector.broadcast(S, a[at + P]);
      c10 = x.fma(b0, c10);
      c11 = x.fma(b1, c11);
      x = FloatVector.broadcast(S, a[at + 2 * P]);
      c20 = x.fma(b0, c20);
      c21 = x.fma(b1, c21);
      x = FloatVector.broadcast(S, a[at + 3 * P]);
      c30 = x.fma(b0, c30);
      c31 = x.fma(b1, c31);
      x = FloatVector.broadcast(S, a[at + 4 * P]);
      c40 = x.fma(b0, c40);
      c41 = x.fma(b1, c41);
      x = FloatVector.broadcast(S, a[at + 5 * P]);
      c50 = x.fma(b0, c50);
      c51 = x.fma(b1, c51);
      x = FloatVector.broadcast(S, a[at + 6 * P]);
      c60 = x.fma(b0, c60);
      c61 = x.fma(b1, c61);
      x = FloatVector.broadcast(S, a[at + 7 * P]);
      c70 = x.fma(b0, c70);
      c71 = x.fma(b1, c71);
      b0 = FloatVector.fromArray(S, b, bAt + l * W + W);
      b1 = FloatVector.fromArray(S, b, bAt + l * W + W + L);
      x = FloatVector.broadcast(S, a[at + 1]);
      c00 = x.fma(b0, c00);
      c01 = x.fma(b1, c01);
      x = FloatVector.broadcast(S, a[at + P + 1]);
      c10 = x.fma(b0, c10);
      c11 = x.fma(b1, c11);
      x = FloatVector.broadcast(S, a[at + 2 * P + 1]);
      c20 = x.fma(b0, c20);
      c21 = x.fma(b1, c21);
      x = FloatVector.broadcast(S, a[at + 3 * P + 1]);
      c30 = x.fma(b0, c30);
      c31 = x.fma(b1, c31);
      x = FloatVector.broadcast(S, a[at + 4 * P + 1]);
      c40 = x.fma(b0, c40);
      c41 = x.fma(b1, c41);
      x = FloatVector.broadcast(S, a[at + 5 * P + 1]);
      c50 = x.fma(b0, c50);
      c51 = x.fma(b1, c51);
      x = FloatVector.broadcast(S, a[at + 6 * P + 1]);
      c60 = x.fma(b0, c60);
      c61 = x.fma(b1, c61);
      x = FloatVector.broadcast(S, a[at + 7 * P + 1]);
      c70 = x.fma(b0, c70);
      c71 = x.fma(b1, c71);
    }
    c00.intoArray(c, cAt);
    c10.intoArray(c, cAt + P);
    c20.intoArray(c, cAt + 2 * P);
    c30.intoArray(c, cAt + 3 * P);
    c40.intoArray(c, cAt + 4 * P);
    c50.intoArray(c, cAt + 5 * P);
    c60.intoArray(c, cAt + 6 * P);
    c70.intoArray(c, cAt + 7 * P);
    c01.intoArray(c, cAt + NEXT);
    c11.intoArray(c, cAt + NEXT + P);
    c21.intoArray(c, cAt + NEXT + 2 * P);
    c31.intoArray(c, cAt + NEXT + 3 * P);
    c41.intoArray(c, cAt + NEXT + 4 * P);
    c51.intoArray(c, cAt + NEXT + 5 * P);
    c61.intoArray(c, cAt + NEXT + 6 * P);
    c71.intoArray(c, cAt + NEXT + 7 * P);
    return read;
  }
}
