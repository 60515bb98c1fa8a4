package dev.volute.backend.java.kernel;

import dev.volute.backend.java.simd.FloatMap;
import dev.volute.backend.java.simd.Simd;
import dev.volute.graph.Unary;
import dev.volute.graph.composite.Activation;
import java.util.Optional;

/** Activations as functions of runs. */
public final class Activations {
  private Activations() {}

  /** The activation; empty for the identity. */
  public static Optional<FloatMap> map(Activation activation, Simd simd) {
    return switch (activation) {
      case IDENTITY -> Optional.empty();
      case RELU -> Optional.of(simd.elementwise().unary(Unary.Function.RELU));
      case TANH -> Optional.of(simd.elementwise().unary(Unary.Function.TANH));
      case SIGMOID -> Optional.of(simd.elementwise().unary(Unary.Function.SIGMOID));
    };
  }
}
