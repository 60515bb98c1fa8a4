package dev.volute.backend.java.lanes;

import dev.volute.backend.java.simd.Products;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Eight rows by two vectors of a product. All sums stay in registers while k runs: C2 keeps them
 * there only as local variables that are loaded once and stored once, and only while registers are
 * to spare. With a third vector, it sometimes moved operands through memory.
 *
 * <p>All addresses follow from k by multiplication: more variables that each turn changes were kept
 * in memory, where each turn then waits for the one before. Where the distances in a are constant,
 * its bounds are checked once before the loop.
 */
final class Tile8x2 {
  private static final VectorSpecies<Float> S = VectorLanes.FLOATS;
  private static final int L = S.length();
  private static final int P = Products.ROW_PITCH;

  private Tile8x2() {}

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
  }

  /** {@code c = c + a b}; element (i, l) of a is at {@code aAt + l * 8 + i}. */
  static void panel(
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
    for (int l = 0; l < k; l++) {
      int bl = bAt + l * bStep;
      FloatVector b0 = FloatVector.fromArray(S, b, bl);
      FloatVector b1 = FloatVector.fromArray(S, b, bl + L);
      int al = aAt + l * 8;
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
  }

  /**
   * {@code c = c + a b}. Element (i, l) of a is at {@code aAt + min(i, rows - 1) * rowStep + l *
   * kStep}: where there are fewer rows than the tile has, the last is computed again.
   */
  static void strided(
      int k,
      float[] a,
      int aAt,
      int rowStep,
      int kStep,
      int rows,
      float[] b,
      int bAt,
      int bStep,
      float[] c,
      int cAt,
      int cStep) {
    int last = rows - 1;
    int row1 = Math.min(1, last) * rowStep;
    int row2 = Math.min(2, last) * rowStep;
    int row3 = Math.min(3, last) * rowStep;
    int row4 = Math.min(4, last) * rowStep;
    int row5 = Math.min(5, last) * rowStep;
    int row6 = Math.min(6, last) * rowStep;
    int row7 = Math.min(7, last) * rowStep;
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
    for (int l = 0; l < k; l++) {
      int bl = bAt + l * bStep;
      FloatVector b0 = FloatVector.fromArray(S, b, bl);
      FloatVector b1 = FloatVector.fromArray(S, b, bl + L);
      int al = aAt + l * kStep;
      FloatVector x = FloatVector.broadcast(S, a[al]);
      c00 = x.fma(b0, c00);
      c01 = x.fma(b1, c01);
      x = FloatVector.broadcast(S, a[al + row1]);
      c10 = x.fma(b0, c10);
      c11 = x.fma(b1, c11);
      x = FloatVector.broadcast(S, a[al + row2]);
      c20 = x.fma(b0, c20);
      c21 = x.fma(b1, c21);
      x = FloatVector.broadcast(S, a[al + row3]);
      c30 = x.fma(b0, c30);
      c31 = x.fma(b1, c31);
      x = FloatVector.broadcast(S, a[al + row4]);
      c40 = x.fma(b0, c40);
      c41 = x.fma(b1, c41);
      x = FloatVector.broadcast(S, a[al + row5]);
      c50 = x.fma(b0, c50);
      c51 = x.fma(b1, c51);
      x = FloatVector.broadcast(S, a[al + row6]);
      c60 = x.fma(b0, c60);
      c61 = x.fma(b1, c61);
      x = FloatVector.broadcast(S, a[al + row7]);
      c70 = x.fma(b0, c70);
      c71 = x.fma(b1, c71);
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
  }
}
