package dev.volute.nn;

import dev.volute.graph.Unary;
import dev.volute.graph.Value;
import java.util.Locale;

/** A function of each element: relu, tanh, sigmoid and their like. */
public record Elementwise(Unary.Function function) implements Layer {
  @Override
  public String kind() {
    return function.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public Value apply(Value x, LayerScope scope) {
    return scope.within(() -> x.unary(function));
  }

  @Override
  public String toString() {
    return kind();
  }
}
