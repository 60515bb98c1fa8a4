package dev.volute.nn;

import dev.volute.graph.Value;
import dev.volute.tensor.Shape;

/** All axes but the batch made one: {@code [batch, ...]} to {@code [batch, features]}. */
public record Flatten() implements Layer {
  @Override
  public Value apply(Value x, LayerScope scope) {
    return scope.within(
        () -> {
          Shape shape = x.shape();
          long features = shape.slice(1, shape.rank()).elements();
          return x.reshape(Shape.of(shape.dim(0), Math.toIntExact(features)));
        });
  }

  @Override
  public String toString() {
    return "flatten";
  }
}
