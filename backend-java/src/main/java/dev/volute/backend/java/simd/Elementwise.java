package dev.volute.backend.java.simd;

import dev.volute.graph.Binary;
import dev.volute.graph.Unary;

/** Functions of each element of contiguous runs of floats. */
public interface Elementwise {
  /** Exponential functions have relative errors of a few 1e-7. */
  FloatMap unary(Unary.Function function);

  FloatMap binary(Binary.Function function);

  /** {@code min(max(x, 0), 6)}. */
  FloatMap relu6();

  /** With y = relu6(x), the first argument: the second where y lies between 0 and 6, else 0. */
  FloatMap relu6Gradient();
}
