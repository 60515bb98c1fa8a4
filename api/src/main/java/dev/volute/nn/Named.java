package dev.volute.nn;

import dev.volute.graph.Value;

/** A layer under a name of the user's choice. */
record Named(String name, Layer layer) implements Layer {
  Named {
    if (name.isEmpty() || name.contains("/")) {
      throw new IllegalArgumentException("A layer's name is not empty and has no '/': " + name);
    }
  }

  @Override
  public Value apply(Value x, LayerScope scope) {
    return layer.apply(x, scope);
  }

  @Override
  public String toString() {
    return name + ": " + layer;
  }
}
