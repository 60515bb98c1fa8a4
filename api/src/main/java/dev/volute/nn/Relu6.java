package dev.volute.nn;

import dev.volute.graph.Value;
import dev.volute.graph.composite.Activation;

/** {@code min(max(x, 0), 6)} of each element (Howard and others, 2017). */
public record Relu6() implements Layer {
  @Override
  public Value apply(Value x, LayerScope scope) {
    return scope.within(() -> Activation.RELU6.of(x));
  }

  @Override
  public String toString() {
    return "relu6";
  }
}
