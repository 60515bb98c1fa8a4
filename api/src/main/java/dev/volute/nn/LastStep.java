package dev.volute.nn;

import dev.volute.graph.Value;

/** The last time step: {@code [batch, time, features]} to {@code [batch, features]}. */
public record LastStep() implements Layer {
  @Override
  public Value apply(Value x, LayerScope scope) {
    return scope.within(
        () -> {
          if (x.shape().rank() != 3 || x.shape().dim(1) == 0) {
            throw scope.misfit(
                "lastStep needs [batch, time, features] with at least one step, not " + x.shape());
          }
          return x.at(1, x.shape().dim(1) - 1);
        });
  }

  @Override
  public String toString() {
    return "lastStep";
  }
}
