package dev.volute.graph;

import dev.volute.tensor.TensorType;
import java.util.List;

/** Every element the same. */
public record Fill(double value, TensorType type) implements Op {
  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Arguments.exactly(this, inputs, 0);
    return List.of(type);
  }

  @Override
  public void gradient(GradientContext context) {}
}
