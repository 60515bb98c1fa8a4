package dev.volute.backend.java.simd;

import dev.volute.backend.java.simd.PixelProducts.Windows;

/**
 * {@link PixelProducts} of windows that are gathered first, to be multiplied by many filters:
 * {@link PixelProducts#rows} windows at a time, as many elements of each side by side as a vector
 * has. Filters of which few windows make use are read ahead.
 */
public interface GatheredProducts {
  /** Whether windows of this kind can be gathered: their runs are whole vectors. */
  boolean take(Windows windows);

  /** Gathers {@link PixelProducts#rows} windows from {@code first} on. */
  void gather(Windows windows, int first, float[] a, int aAt, float[] to, int toAt);

  /**
   * As {@link PixelProducts#multiply}, for all windows.
   *
   * @param a all windows as {@link #gather} lays them out, one after the other
   * @param bEnd where the filters that are multiplied after these end
   */
  void multiply(
      Windows windows,
      float[] a,
      int aAt,
      float[] b,
      int bAt,
      int bEnd,
      int second,
      float[] bias,
      int biasAt,
      boolean added,
      float[] residual,
      int residualAt,
      float low,
      float high,
      float[] c,
      int cAt);
}
