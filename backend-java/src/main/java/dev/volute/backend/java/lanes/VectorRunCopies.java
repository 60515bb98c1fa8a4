package dev.volute.backend.java.lanes;

import dev.volute.backend.java.simd.RunCopies;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Copies of runs, each one whole vector, and sums of runs. What a copied vector writes behind its
 * run is overwritten by the next run.
 */
final class VectorRunCopies implements RunCopies {
  private static final VectorSpecies<Float> S = VectorLanes.FLOATS;
  private static final int L = S.length();

  /** Half a vector for what is left of a run, where vectors are that long. */
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
  public void add(
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
      int sourceStep,
      float[] target,
      int targetAt) {
    int row = sourceAt;
    for (int o = firstOrigin; o < endOrigin; o++, row += sourceStep) {
      int origin = targetAt + origins[o];
      for (int r = firstRun; r < endRun; r++) {
        int read = row + to[r];
        int write = origin + from[r];
        int end = write + length[r];
        for (; end - write >= L; write += L, read += L) {
          FloatVector.fromArray(S, target, write)
              .add(FloatVector.fromArray(S, source, read))
              .intoArray(target, write);
        }
        for (; write < end; write++, read++) {
          target[write] += source[read];
        }
      }
    }
  }
}
