package dev.volute.backend.java.lanes;

import dev.volute.backend.java.simd.RunCopies;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Copies and sums of runs, each one whole vector. What a copied vector writes behind its run is
 * overwritten by the next run; to what lies behind a sum, zero is added.
 */
final class VectorRunCopies implements RunCopies {
  private static final VectorSpecies<Float> S = VectorLanes.FLOATS;
  private static final VectorSpecies<Integer> I = VectorLanes.INTS;
  private static final int L = S.length();

  /** From {@code L - n} on, n times all bits and then none. */
  private static final int[] RUNS = new int[2 * L];

  /** Every second lane, from the first on. */
  private static final VectorShuffle<Float> EVEN = VectorShuffle.fromOp(S, lane -> 2 * lane % L);

  /** Every second lane, from the second on. */
  private static final VectorShuffle<Float> ODD = VectorShuffle.fromOp(S, lane -> 2 * lane % L + 1);

  private static final VectorMask<Float> FIRST_HALF = VectorMask.fromLong(S, -1L >>> 64 - L / 2);

  static {
    Arrays.fill(RUNS, 0, L, -1);
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
    int row = targetAt;
    for (int o = firstOrigin; o < endOrigin; o++, row += targetStep) {
      int origin = sourceAt + origins[o];
      for (int r = firstRun; r < endRun; r++) {
        FloatVector.fromArray(S, source, origin + from[r]).intoArray(target, row + to[r]);
      }
    }
  }

  @Override
  public void planes(
      int[] origins, int m, int n, float[] x, int xAt, int xStep, float[] y, int yAt, int yStep) {
    for (int p = 0; p < origins.length; p++) {
      plane(m, n, x, xAt + origins[p], xStep, y, yAt + p * yStep);
    }
  }

  private static void plane(int m, int n, float[] x, int xAt, int xStep, float[] y, int yAt) {
    if (n >= L) {
      // The last vector of a row ends with it.
      for (int j = 0; j < n; j += L) {
        int at = Math.min(j, n - L);
        column(m, x, xAt + at, xStep, y, yAt + at, n);
      }
      return;
    }
    int row = 0;
    if (2 * n == L) {
      pairs(m / 2, x, xAt, xStep, y, yAt);
      row = m / 2 * 2;
    } else if (n > 0) {
      // What a vector writes behind a row is overwritten with the next one, so the last are not
      // its.
      int room = Math.floorDiv(x.length - L - xAt, Math.max(1, xStep));
      row = Math.max(0, Math.min(Math.floorDiv(m * n - L, n), room) + 1);
      column(row, x, xAt, xStep, y, yAt, n);
    }
    for (; row < m; row++) {
      System.arraycopy(x, xAt + row * xStep, y, yAt + row * n, n);
    }
  }

  private static void column(int m, float[] x, int xAt, int xStep, float[] y, int yAt, int yStep) {
    for (int i = 0; i < m; i++) {
      FloatVector.fromArray(S, x, xAt + i * xStep).intoArray(y, yAt + i * yStep);
    }
  }

  /** Two rows of half a vector at a time: the second ends where the vector does. */
  private static void pairs(int m, float[] x, int xAt, int xStep, float[] y, int yAt) {
    int second = xStep - L / 2;
    for (int i = 0; i < m; i++) {
      int at = xAt + 2 * i * xStep;
      FloatVector.fromArray(S, x, at + second)
          .blend(FloatVector.fromArray(S, x, at), FIRST_HALF)
          .intoArray(y, yAt + i * L);
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
