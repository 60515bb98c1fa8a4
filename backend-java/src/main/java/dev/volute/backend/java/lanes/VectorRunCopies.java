package dev.volute.backend.java.lanes;

import dev.volute.backend.java.simd.RunCopies;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Copies and sums of runs, each one whole vector, or vectors of two runs where these fill a row of
 * two vectors. What a copied vector writes behind its run is overwritten by the next run; to what
 * lies behind a sum, zero is added.
 */
final class VectorRunCopies implements RunCopies {
  private static final VectorSpecies<Float> S = VectorLanes.FLOATS;
  private static final VectorSpecies<Integer> I = VectorLanes.INTS;
  private static final int L = S.length();

  /** Runs that take longer than the vectors of two that replace them. */
  private static final int MANY = 4;

  /** From {@code L - n} on, n times all bits and then none. */
  private static final int[] RUNS = new int[2 * L];

  /** Every second lane, from the first on. */
  private static final VectorShuffle<Float> EVEN = VectorShuffle.fromOp(S, lane -> 2 * lane % L);

  /** Every second lane, from the second on. */
  private static final VectorShuffle<Float> ODD = VectorShuffle.fromOp(S, lane -> 2 * lane % L + 1);

  private static final VectorMask<Float> FIRST_HALF = VectorMask.fromLong(S, -1L >>> 64 - L / 2);

  /** The number of each lane. */
  private static final float[] LANES = new float[L];

  static {
    Arrays.fill(RUNS, 0, L, -1);
    for (int i = 0; i < L; i++) {
      LANES[i] = i;
    }
  }

  @Override
  public int longest() {
    return L;
  }

  @Override
  public int overrun() {
    return L - 1;
  }

  @Override
  public void copy(
      int[] origins,
      int firstOrigin,
      int endOrigin,
      int[] from,
      int[] to,
      int[] length,
      int firstRun,
      int endRun,
      float[] source,
      int sourceAt,
      float[] target,
      int targetAt,
      int targetStep) {
    if (targetStep == 2 * L
        && endRun - firstRun >= MANY
        && to[endRun - 1] + length[endRun - 1] > L
        && isTwo(to, length, firstRun, endRun, 0)
        && isTwo(to, length, firstRun, endRun, L)) {
      int second = at(to, length, firstRun, endRun, L);
      int lanes0 = to[firstRun] + length[firstRun];
      int lanes1 = to[second] + length[second] - L;
      int next0 = Math.min(firstRun + 1, endRun - 1);
      int next1 = Math.min(second + 1, endRun - 1);
      pairs(
          origins,
          firstOrigin,
          endOrigin,
          sourceAt + from[firstRun],
          sourceAt + from[next0] - to[next0],
          lanes0,
          sourceAt + from[second] + L - to[second],
          sourceAt + from[next1] + L - to[next1],
          lanes1,
          source,
          target,
          targetAt);
      return;
    }
    int row = targetAt;
    for (int o = firstOrigin; o < endOrigin; o++, row += targetStep) {
      int origin = sourceAt + origins[o];
      for (int r = firstRun; r < endRun; r++) {
        FloatVector.fromArray(S, source, origin + from[r]).intoArray(target, row + to[r]);
      }
    }
  }

  /** The last run that begins no later than at a place. */
  private static int at(int[] to, int[] length, int firstRun, int endRun, int place) {
    int run = firstRun;
    while (run + 1 < endRun && to[run + 1] <= place) {
      run++;
    }
    return run;
  }

  /** Whether no more than two runs fill the vector that begins at a place. */
  private static boolean isTwo(int[] to, int[] length, int firstRun, int endRun, int place) {
    int last = Math.min(at(to, length, firstRun, endRun, place) + 1, endRun - 1);
    return last == endRun - 1 || to[last] + length[last] >= place + L;
  }

  /**
   * Two vectors for each origin. Lanes from {@code lanes0} on of the first come from {@code next0}
   * instead of {@code from0}, those from {@code lanes1} on of the second from {@code next1}.
   */
  private static void pairs(
      int[] origins,
      int firstOrigin,
      int endOrigin,
      int from0,
      int next0,
      int lanes0,
      int from1,
      int next1,
      int lanes1,
      float[] source,
      float[] target,
      int targetAt) {
    FloatVector lanes = FloatVector.fromArray(S, LANES, 0);
    VectorMask<Float> mask0 = lanes.compare(VectorOperators.GE, (float) lanes0);
    VectorMask<Float> mask1 = lanes.compare(VectorOperators.GE, (float) lanes1);
    for (int o = firstOrigin; o < endOrigin; o++) {
      int origin = origins[o];
      int at = targetAt + (o - firstOrigin) * (2 * L);
      FloatVector.fromArray(S, source, origin + from0)
          .blend(FloatVector.fromArray(S, source, origin + next0), mask0)
          .intoArray(target, at);
      FloatVector.fromArray(S, source, origin + from1)
          .blend(FloatVector.fromArray(S, source, origin + next1), mask1)
          .intoArray(target, at + L);
    }
  }

  @Override
  public void rows(int m, int n, float[] x, int xAt, int xStep, float[] y, int yAt, int yStep) {
    if (n == 2 * L) {
      PanelCopies.copyOne(m, x, xAt, xStep, y, yAt, yStep);
      return;
    }
    for (int i = 0; i < m; i++) {
      System.arraycopy(x, xAt + i * xStep, y, yAt + i * yStep, n);
    }
  }

  @Override
  public void add(
      int[] origins,
      int firstOrigin,
      int endOrigin,
      int step,
      int[] from,
      int[] to,
      int[] length,
      int firstRun,
      int endRun,
      float[] source,
      int sourceAt,
      int sourceStep,
      float[] target,
      int targetAt) {
    int row = sourceAt;
    for (int o = firstOrigin; o < endOrigin; o += step, row += step * sourceStep) {
      int origin = targetAt + origins[o];
      for (int r = firstRun; r < endRun; r++) {
        int write = origin + from[r];
        IntVector run = IntVector.fromArray(I, RUNS, L - length[r]);
        FloatVector.fromArray(S, source, row + to[r])
            .reinterpretAsInts()
            .and(run)
            .reinterpretAsFloats()
            .add(FloatVector.fromArray(S, target, write))
            .intoArray(target, write);
      }
    }
  }

  @Override
  public void everySecond(int n, float[] x, int xAt, float[] y, int yAt) {
    int i = 0;
    for (; i <= n - L; i += L) {
      int from = xAt + 2 * i;
      // The second vector ends where the last element that is wanted does.
      FloatVector first = FloatVector.fromArray(S, x, from).rearrange(EVEN);
      FloatVector.fromArray(S, x, from + L - 1)
          .rearrange(ODD)
          .blend(first, FIRST_HALF)
          .intoArray(y, yAt + i);
    }
    for (; i < n; i++) {
      y[yAt + i] = x[xAt + 2 * i];
    }
  }
}
