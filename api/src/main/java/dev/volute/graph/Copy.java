package dev.volute.graph;

import dev.volute.tensor.DType;
import dev.volute.tensor.TensorType;
import java.util.List;

/**
 * The same values in memory of their own, as another element type if so asked. Floating to integer
 * truncates.
 */
public record Copy(DType dtype) implements Op {
  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    return List.of(new TensorType(dtype, Arguments.exactly(this, inputs, 1).get(0).shape()));
  }

  @Override
  public void gradient(GradientContext context) {
    if (dtype.isFloating()) {
      context.propagate(0, context.outputGradient(0).cast(context.input(0).dtype()));
    }
  }
}
