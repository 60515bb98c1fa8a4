package dev.volute.backend.java.lanes;

import dev.volute.backend.java.simd.PixelFolds;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** A vector of channels at a time; the last few go to the plain loops. */
final class VectorPixelFolds implements PixelFolds {
  private static final VectorSpecies<Float> S = VectorLanes.FLOATS;
  private static final VectorSpecies<Integer> I = VectorLanes.INTS;
  private static final int L = S.length();

  private final PixelFolds plain;

  VectorPixelFolds(PixelFolds plain) {
    this.plain = plain;
  }

  @Override
  public void maxima(int n, int count, int[] cells, float[] x, int xAt, float[] y, int yAt) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector best = FloatVector.fromArray(S, x, xAt + cells[0] + i);
      for (int c = 1; c < count; c++) {
        best = best.max(FloatVector.fromArray(S, x, xAt + cells[c] + i));
      }
      best.intoArray(y, yAt + i);
    }
    if (i < n) {
      plain.maxima(n - i, count, cells, x, xAt + i, y, yAt + i);
    }
  }

  @Override
  public void firstMaxima(
      int n,
      int count,
      int[] cells,
      int[] numbers,
      float[] x,
      int xAt,
      float[] y,
      int yAt,
      int[] at,
      int atAt) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector best = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
      IntVector place = IntVector.broadcast(I, 0);
      for (int c = 0; c < count; c++) {
        FloatVector next = FloatVector.fromArray(S, x, xAt + cells[c] + i);
        // Larger, or the first NaN: what is not at most the best, which is a number itself.
        VectorMask<Float> larger =
            next.compare(VectorOperators.LE, best)
                .not()
                .and(best.compare(VectorOperators.EQ, best));
        best = best.blend(next, larger);
        place = place.blend(numbers[c], larger.cast(I));
      }
      best.intoArray(y, yAt + i);
      place.intoArray(at, atAt + i);
    }
    if (i < n) {
      plain.firstMaxima(n - i, count, cells, numbers, x, xAt + i, y, yAt + i, at, atAt + i);
    }
  }

  @Override
  public void addWhere(
      int n, int number, int[] at, int atAt, float[] g, int gAt, float[] y, int yAt) {
    int i = 0;
    for (; i <= n - L; i += L) {
      VectorMask<Float> here =
          IntVector.fromArray(I, at, atAt + i).compare(VectorOperators.EQ, number).cast(S);
      FloatVector sum = FloatVector.fromArray(S, y, yAt + i);
      sum.blend(sum.add(FloatVector.fromArray(S, g, gAt + i)), here).intoArray(y, yAt + i);
    }
    if (i < n) {
      plain.addWhere(n - i, number, at, atAt + i, g, gAt + i, y, yAt + i);
    }
  }
}
