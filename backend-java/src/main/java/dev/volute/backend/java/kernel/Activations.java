package dev.volute.backend.java.kernel;

import dev.volute.backend.java.simd.FloatMap;
import dev.volute.backend.java.simd.Simd;
import dev.volute.graph.Binary;
import dev.volute.graph.Unary;
import dev.volute.graph.composite.Activation;
import java.util.Optional;

/** Activations and their gradients as functions of runs. */
public final class Activations {
  private Activations() {}

  /** The activation; empty for the identity. */
  public static Optional<FloatMap> map(Activation activation, Simd simd) {
    return switch (activation) {
      case IDENTITY -> Optional.empty();
      case RELU -> Optional.of(simd.elementwise().unary(Unary.Function.RELU));
      case RELU6 -> Optional.of(simd.elementwise().relu6());
      case TANH -> Optional.of(simd.elementwise().unary(Unary.Function.TANH));
      case SIGMOID -> Optional.of(simd.elementwise().unary(Unary.Function.SIGMOID));
    };
  }

  /**
   * The gradient to the activation's argument, as a function of its result and the gradient to
   * that; empty for the identity.
   */
  public static Optional<FloatMap> gradient(Activation activation, Simd simd) {
    return switch (activation) {
      case IDENTITY -> Optional.empty();
      case RELU -> Optional.of(simd.elementwise().binary(Binary.Function.RELU_GRADIENT));
      case RELU6 -> Optional.of(simd.elementwise().relu6Gradient());
      case TANH -> Optional.of(simd.elementwise().binary(Binary.Function.TANH_GRADIENT));
      case SIGMOID -> Optional.of(simd.elementwise().binary(Binary.Function.SIGMOID_GRADIENT));
    };
  }
}
