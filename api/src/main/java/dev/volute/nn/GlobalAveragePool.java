package dev.volute.nn;

import dev.volute.graph.Value;
import dev.volute.tensor.Shape;

/**
 * The mean of each channel: {@code [batch, channels, height, width]} to {@code [batch, channels]}.
 */
public record GlobalAveragePool() implements Layer {
  @Override
  public Value apply(Value x, LayerScope scope) {
    return scope.within(
        () -> {
          Shape image = Layers.image(x, scope);
          return x.sum(2, 3).divide((double) image.dim(2) * image.dim(3));
        });
  }

  @Override
  public String toString() {
    return "globalAveragePool";
  }
}
