package dev.volute.nn;

import dev.volute.graph.Value;

/**
 * In training each element becomes 0 with probability {@code rate}, and the others are divided by
 * {@code 1 - rate}; in prediction nothing happens (Srivastava and others, 2014).
 */
public record Dropout(double rate) implements Layer {
  public Dropout {
    if (!(rate >= 0 && rate < 1)) {
      throw new IllegalArgumentException("dropout needs a rate of 0 or more below 1, not " + rate);
    }
  }

  @Override
  public Value apply(Value x, LayerScope scope) {
    if (!scope.training() || rate == 0) {
      return x;
    }
    return scope.within(
        () ->
            x.apply(
                new dev.volute.graph.composite.Dropout(rate, scope.randomStream()),
                scope.randomKey()));
  }

  @Override
  public String toString() {
    return "dropout(" + rate + ")";
  }
}
