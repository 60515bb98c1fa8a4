package dev.volute.backend.java.plain;

import dev.volute.backend.java.simd.RunCopies;

/** Copies of runs, each by itself. */
final class PlainRunCopies implements RunCopies {
  @Override
  public int overrun() {
    return 0;
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
        System.arraycopy(source, origin + from[r], target, row + to[r], length[r]);
      }
    }
  }
}
