package dev.volute.backend.java.lanes;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** One row by eight vectors of a product, like {@link Tile8x2}. */
final class Tile1x8 {
  private static final VectorSpecies<Float> S = VectorLanes.FLOATS;
  private static final int L = S.length();

  private Tile1x8() {}

  /** {@code c = c + a b}, where a lies side by side and b is a packed panel. */
  static void packed(int k, float[] a, int aAt, float[] b, int bAt, float[] c, int cAt) {
    FloatVector c00 = FloatVector.fromArray(S, c, cAt);
    FloatVector c01 = FloatVector.fromArray(S, c, cAt + L);
    FloatVector c02 = FloatVector.fromArray(S, c, cAt + 2 * L);
    FloatVector c03 = FloatVector.fromArray(S, c, cAt + 3 * L);
    FloatVector c04 = FloatVector.fromArray(S, c, cAt + 4 * L);
    FloatVector c05 = FloatVector.fromArray(S, c, cAt + 5 * L);
    FloatVector c06 = FloatVector.fromArray(S, c, cAt + 6 * L);
    FloatVector c07 = FloatVector.fromArray(S, c, cAt + 7 * L);
    for (int l = 0; l < k; l++) {
      int bl = bAt + l * (8 * L);
      FloatVector b0 = FloatVector.fromArray(S, b, bl);
      FloatVector b1 = FloatVector.fromArray(S, b, bl + L);
      FloatVector b2 = FloatVector.fromArray(S, b, bl + 2 * L);
      FloatVector b3 = FloatVector.fromArray(S, b, bl + 3 * L);
      FloatVector b4 = FloatVector.fromArray(S, b, bl + 4 * L);
      FloatVector b5 = FloatVector.fromArray(S, b, bl + 5 * L);
      FloatVector b6 = FloatVector.fromArray(S, b, bl + 6 * L);
      FloatVector b7 = FloatVector.fromArray(S, b, bl + 7 * L);
      FloatVector x = FloatVector.broadcast(S, a[aAt + l]);
      c00 = x.fma(b0, c00);
      c01 = x.fma(b1, c01);
      c02 = x.fma(b2, c02);
      c03 = x.fma(b3, c03);
      c04 = x.fma(b4, c04);
      c05 = x.fma(b5, c05);
      c06 = x.fma(b6, c06);
      c07 = x.fma(b7, c07);
    }
    c00.intoArray(c, cAt);
    c01.intoArray(c, cAt + L);
    c02.intoArray(c, cAt + 2 * L);
    c03.intoArray(c, cAt + 3 * L);
    c04.intoArray(c, cAt + 4 * L);
    c05.intoArray(c, cAt + 5 * L);
    c06.intoArray(c, cAt + 6 * L);
    c07.intoArray(c, cAt + 7 * L);
  }

  /** {@code c = c + a b}. */
  static void multiplyAdd(
      int k, float[] a, int aAt, int kStep, float[] b, int bAt, int bStep, float[] c, int cAt) {
    FloatVector c00 = FloatVector.fromArray(S, c, cAt);
    FloatVector c01 = FloatVector.fromArray(S, c, cAt + L);
    FloatVector c02 = FloatVector.fromArray(S, c, cAt + 2 * L);
    FloatVector c03 = FloatVector.fromArray(S, c, cAt + 3 * L);
    FloatVector c04 = FloatVector.fromArray(S, c, cAt + 4 * L);
    FloatVector c05 = FloatVector.fromArray(S, c, cAt + 5 * L);
    FloatVector c06 = FloatVector.fromArray(S, c, cAt + 6 * L);
    FloatVector c07 = FloatVector.fromArray(S, c, cAt + 7 * L);
    for (int l = 0; l < k; l++) {
      int bl = bAt + l * bStep;
      FloatVector b0 = FloatVector.fromArray(S, b, bl);
      FloatVector b1 = FloatVector.fromArray(S, b, bl + L);
      FloatVector b2 = FloatVector.fromArray(S, b, bl + 2 * L);
      FloatVector b3 = FloatVector.fromArray(S, b, bl + 3 * L);
      FloatVector b4 = FloatVector.fromArray(S, b, bl + 4 * L);
      FloatVector b5 = FloatVector.fromArray(S, b, bl + 5 * L);
      FloatVector b6 = FloatVector.fromArray(S, b, bl + 6 * L);
      FloatVector b7 = FloatVector.fromArray(S, b, bl + 7 * L);
      FloatVector x = FloatVector.broadcast(S, a[aAt + l * kStep]);
      c00 = x.fma(b0, c00);
      c01 = x.fma(b1, c01);
      c02 = x.fma(b2, c02);
      c03 = x.fma(b3, c03);
      c04 = x.fma(b4, c04);
      c05 = x.fma(b5, c05);
      c06 = x.fma(b6, c06);
      c07 = x.fma(b7, c07);
    }
    c00.intoArray(c, cAt);
    c01.intoArray(c, cAt + L);
    c02.intoArray(c, cAt + 2 * L);
    c03.intoArray(c, cAt + 3 * L);
    c04.intoArray(c, cAt + 4 * L);
    c05.intoArray(c, cAt + 5 * L);
    c06.intoArray(c, cAt + 6 * L);
    c07.intoArray(c, cAt + 7 * L);
  }
}
