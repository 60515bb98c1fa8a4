package dev.volute.nn;

import dev.volute.graph.Value;
import dev.volute.graph.composite.Activation;
import dev.volute.graph.composite.Linear;
import dev.volute.tensor.Shape;

/**
 * A fully connected layer, {@code y = x @ weight + bias}, over the last axis: {@code [batch, in]}
 * to {@code [batch, units]}, or {@code [batch, time, in]} to {@code [batch, time, units]}.
 *
 * <p>Parameters: {@code weight [in, units]}, {@code bias [units]}.
 */
public record Dense(int units, boolean bias) implements Layer {
  public Dense {
    Layers.requirePositive("dense", "units", units);
  }

  public Dense withoutBias() {
    return new Dense(units, false);
  }

  @Override
  public Value apply(Value x, LayerScope scope) {
    return scope.within(
        () -> {
          Shape shape = x.shape();
          if (shape.rank() < 2) {
            throw scope.misfit("dense needs [batch, features] or more axes, not " + shape);
          }
          int features = shape.dim(-1);
          long rows = shape.slice(0, shape.rank() - 1).elements();
          Value weight =
              scope.parameter("weight", Shape.of(features, units), Initializer.fanIn(features));
          Value matrix = x.reshape(Shape.of(Math.toIntExact(rows), features));
          Linear linear = new Linear(Activation.IDENTITY, bias);
          Value y =
              bias
                  ? matrix.apply(
                      linear,
                      weight,
                      scope.parameter("bias", Shape.of(units), Initializer.fanIn(features)))
                  : matrix.apply(linear, weight);
          return y.reshape(shape.with(-1, units));
        });
  }

  @Override
  public String toString() {
    return "dense(" + units + (bias ? ")" : ", no bias)");
  }
}
