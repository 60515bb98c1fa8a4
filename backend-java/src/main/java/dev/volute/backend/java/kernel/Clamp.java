package dev.volute.backend.java.kernel;

import dev.volute.graph.composite.Activation;

/**
 * An activation as bounds, which products keep on their way.
 *
 * @param rest what the bounds do not do
 */
public record Clamp(float low, float high, Activation rest) {
  public static Clamp of(Activation activation) {
    return switch (activation) {
      case RELU -> new Clamp(0f, Float.POSITIVE_INFINITY, Activation.IDENTITY);
      case RELU6 -> new Clamp(0f, 6f, Activation.IDENTITY);
      case IDENTITY, TANH, SIGMOID ->
          new Clamp(Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY, activation);
    };
  }
}
