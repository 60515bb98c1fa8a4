package dev.volute.graph;

import dev.volute.tensor.TensorType;
import java.util.List;

/** A value that the caller gives at each run. */
public record Placeholder(String label, TensorType type) implements Op {
  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    return List.of(type);
  }

  @Override
  public void gradient(GradientContext context) {}
}
