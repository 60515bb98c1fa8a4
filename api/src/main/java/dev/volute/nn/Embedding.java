package dev.volute.nn;

import dev.volute.graph.Value;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;

/**
 * A learned vector for each of a vocabulary's ids: I32 {@code [batch, time]} to {@code [batch,
 * time, size]}. An id outside {@code 0 .. vocabulary-1} stops the run with an error that names this
 * layer.
 *
 * <p>Parameter: {@code table [vocabulary, size]}, normal with deviation 1 at first.
 */
public record Embedding(int vocabulary, int size) implements Layer {
  public Embedding {
    Layers.requirePositive("embedding", "vocabulary", vocabulary);
    Layers.requirePositive("embedding", "size", size);
  }

  @Override
  public Value apply(Value x, LayerScope scope) {
    return scope.within(
        () -> {
          if (x.dtype() != DType.I32) {
            throw scope.misfit("embedding needs ids of type I32, not " + x.type());
          }
          Shape shape = Shape.of(vocabulary, size);
          return scope.parameter("table", shape, Initializer.normal(1)).gather(x);
        });
  }

  @Override
  public String toString() {
    return "embedding(" + vocabulary + ", " + size + ")";
  }
}
