package dev.volute.backend.java.simd;

/** One number from a contiguous run of floats, in an order that depends on n alone. */
@FunctionalInterface
public interface FloatReduction {
  float of(int n, float[] x, int at);
}
