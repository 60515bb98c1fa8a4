package dev.volute.backend.java.simd;

/**
 * A function of each element of contiguous runs: {@code y[yAt + i] = f(a[aAt + i], b[bAt + i])} for
 * {@code i < n}. A function of one argument does not look at b. The result may take the place of a
 * or b, at exactly the same index.
 */
@FunctionalInterface
public interface FloatMap {
  void run(int n, float[] y, int yAt, float[] a, int aAt, float[] b, int bAt);
}
