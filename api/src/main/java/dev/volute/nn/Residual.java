package dev.volute.nn;

import dev.volute.graph.Value;

/**
 * {@code body(x) + shortcut(x)}; the shortcut is a network without layers where shapes are equal.
 */
public record Residual(Layer body, Layer shortcut) implements Layer {
  @Override
  public Value apply(Value x, LayerScope scope) {
    Value straight = scope.apply("shortcut", shortcut, x);
    Value bent = scope.apply("body", body, x);
    return scope.within(() -> bent.add(straight));
  }

  @Override
  public String toString() {
    return "residual(" + body + ", " + shortcut + ")";
  }
}
