package dev.volute.backend.java.lanes;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link PixelTile10x2} for windows that are gathered: element l of window i is {@code L} elements
 * behind that of the window before, so that one place, at distances that the compiler knows, is all
 * that a turn computes. What a turn takes less leaves the processor room to wait for filters, some
 * of which each turn reads ahead: Java has no other way to bring them near.
 */
final class GatheredTile10x2 {
  static final int ROWS = 10;

  private static final VectorSpecies<Float> S = VectorLanes.FLOATS;
  private static final int L = S.length();

  /** One factor: C2 does not see through two, and then checks bounds in each turn. */
  private static final int W = 2 * L;

  /** From the end of a window's elements side by side to the next. */
  private static final int BETWEEN = (ROWS - 1) * L;

  private GatheredTile10x2() {}

  /**
   * {@code c = bias + r + a b}; element l of window i is at {@code aAt + i L + l} with what lies
   * between, its result at {@code cAt + to[at + i]}, its row of r at {@code rAt + rRows[rRowsAt +
   * i]}.
   *
   * @param k is even
   * @param ahead where reading ahead begins in b: an element, and three more at distances of {@code
   *     apart}, and {@code aheadStep / 8} further for each l. From where pages begin to be read the
   *     processor reads on by itself, so that a turn waits for four of them at once.
   * @return of no meaning, but made of what was read ahead
   */
  static int multiply(
      int k,
      int at,
      float[] a,
      int aAt,
      float[] b,
      int bAt,
      int ahead,
      int aheadStep,
      int apart,
      int second,
      float[] bias,
      int biasAt,
      float[] r,
      int rAt,
      int[] rRows,
      int rRowsAt,
      float[] c,
      int cAt,
      int[] to) {
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
    row = rAt + rRows[rRowsAt + 6];
    FloatVector c60 = s0.add(FloatVector.fromArray(S, r, row));
    FloatVector c61 = s1.add(FloatVector.fromArray(S, r, row + second));
    row = rAt + rRows[rRowsAt + 7];
    FloatVector c70 = s0.add(FloatVector.fromArray(S, r, row));
    FloatVector c71 = s1.add(FloatVector.fromArray(S, r, row + second));
    row = rAt + rRows[rRowsAt + 8];
    FloatVector c80 = s0.add(FloatVector.fromArray(S, r, row));
    FloatVector c81 = s1.add(FloatVector.fromArray(S, r, row + second));
    row = rAt + rRows[rRowsAt + 9];
    FloatVector c90 = s0.add(FloatVector.fromArray(S, r, row));
    FloatVector c91 = s1.add(FloatVector.fromArray(S, r, row + second));
    int read = 0;
    for (int l = 0; l < k; l += 2) {
      // From one place on at constant distances: bounds are checked of the least and the most.
      int x0 = aAt + l + l / L * BETWEEN;
      int next = ahead + (l * aheadStep >> 3);
      read ^= Float.floatToRawIntBits(b[next]);
      read ^= Float.floatToRawIntBits(b[next + apart]);
      read ^= Float.floatToRawIntBits(b[next + 2 * apart]);
      read ^= Float.floatToRawIntBits(b[next + 3 * apart]);
      FloatVector b0 = FloatVector.fromArray(S, b, bAt + l * W);
      FloatVector b1 = FloatVector.fromArray(S, b, bAt + l * W + L);
      FloatVector x = FloatVector.broadcast(S, a[x0]);
      c00 = x.fma(b0, c00);
      c01 = x.fma(b1, c01);
      x = FloatVector.broadcast(S, a[x0 + L]);
      c10 = x.fma(b0, c10);
      c11 = x.fma(b1, c11);
      x = FloatVector.broadcast(S, a[x0 + 2 * L]);
      c20 = x.fma(b0, c20);
      c21 = x.fma(b1, c21);
      x = FloatVector.broadcast(S, a[x0 + 3 * L]);
      c30 = x.fma(b0, c30);
      c31 = x.fma(b1, c31);
      x = FloatVector.broadcast(S, a[x0 + 4 * L]);
      c40 = x.fma(b0, c40);
      c41 = x.fma(b1, c41);
      x = FloatVector.broadcast(S, a[x0 + 5 * L]);
      c50 = x.fma(b0, c50);
      c51 = x.fma(b1, c51);
      x = FloatVector.broadcast(S, a[x0 + 6 * L]);
      c60 = x.fma(b0, c60);
      c61 = x.fma(b1, c61);
      x = FloatVector.broadcast(S, a[x0 + 7 * L]);
      c70 = x.fma(b0, c70);
      c71 = x.fma(b1, c71);
      x = FloatVector.broadcast(S, a[x0 + 8 * L]);
      c80 = x.fma(b0, c80);
      c81 = x.fma(b1, c81);
      x = FloatVector.broadcast(S, a[x0 + 9 * L]);
      c90 = x.fma(b0, c90);
      c91 = x.fma(b1, c91);
      b0 = FloatVector.fromArray(S, b, bAt + l * W + W);
      b1 = FloatVector.fromArray(S, b, bAt + l * W + W + L);
      x = FloatVector.broadcast(S, a[x0 + 1]);
      c00 = x.fma(b0, c00);
      c01 = x.fma(b1, c01);
      x = FloatVector.broadcast(S, a[x0 + L + 1]);
      c10 = x.fma(b0, c10);
      c11 = x.fma(b1, c11);
      x = FloatVector.broadcast(S, a[x0 + 2 * L + 1]);
      c20 = x.fma(b0, c20);
      c21 = x.fma(b1, c21);
      x = FloatVector.broadcast(S, a[x0 + 3 * L + 1]);
      c30 = x.fma(b0, c30);
      c31 = x.fma(b1, c31);
      x = FloatVector.broadcast(S, a[x0 + 4 * L + 1]);
      c40 = x.fma(b0, c40);
      c41 = x.fma(b1, c41);
      x = FloatVector.broadcast(S, a[x0 + 5 * L + 1]);
      c50 = x.fma(b0, c50);
      c51 = x.fma(b1, c51);
      x = FloatVector.broadcast(S, a[x0 + 6 * L + 1]);
      c60 = x.fma(b0, c60);
      c61 = x.fma(b1, c61);
      x = FloatVector.broadcast(S, a[x0 + 7 * L + 1]);
      c70 = x.fma(b0, c70);
      c71 = x.fma(b1, c71);
      x = FloatVector.broadcast(S, a[x0 + 8 * L + 1]);
      c80 = x.fma(b0, c80);
      c81 = x.fma(b1, c81);
      x = FloatVector.broadcast(S, a[x0 + 9 * L + 1]);
      c90 = x.fma(b0, c90);
      c91 = x.fma(b1, c91);
    }
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
    row = cAt + to[at + 6];
    c60.intoArray(c, row);
    c61.intoArray(c, row + second);
    row = cAt + to[at + 7];
    c70.intoArray(c, row);
    c71.intoArray(c, row + second);
    row = cAt + to[at + 8];
    c80.intoArray(c, row);
    c81.intoArray(c, row + second);
    row = cAt + to[at + 9];
    c90.intoArray(c, row);
    c91.intoArray(c, row + second);
    return read;
  }
}
