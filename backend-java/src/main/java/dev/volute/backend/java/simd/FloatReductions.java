package dev.volute.backend.java.simd;

/** One number from a contiguous run of floats, in an order of its own that depends on n alone. */
public interface FloatReductions {
  /** The sum; 0 of no elements. */
  float sum(int n, float[] x, int at);

  /** The largest of one element or more; NaN if there is one. */
  float max(int n, float[] x, int at);

  /** The smallest of one element or more; NaN if there is one. */
  float min(int n, float[] x, int at);
}
