package dev.volute.nn;

import dev.volute.graph.Value;

/** {@code exp(x) / sum(exp(x))} over the last axis. Losses take logits, from before it. */
public record Softmax() implements Layer {
  @Override
  public Value apply(Value x, LayerScope scope) {
    return scope.within(() -> x.apply(new dev.volute.graph.composite.Softmax()));
  }

  @Override
  public String toString() {
    return "softmax";
  }
}
