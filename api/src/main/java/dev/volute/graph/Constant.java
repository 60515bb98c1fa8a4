package dev.volute.graph;

import dev.volute.tensor.Tensor;
import dev.volute.tensor.TensorType;
import java.util.List;

/** Values that are known when the graph is built. A plan uploads them once. */
public record Constant(Tensor value) implements Op {
  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    return List.of(value.type());
  }

  @Override
  public void gradient(GradientContext context) {}
}
