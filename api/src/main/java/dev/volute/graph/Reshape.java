package dev.volute.graph;

import dev.volute.tensor.Shape;
import dev.volute.tensor.TensorType;
import dev.volute.tensor.View;
import java.util.List;
import java.util.Optional;

/** The same elements in the same row-major order under another shape. */
public record Reshape(Shape target) implements ViewOp {
  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    TensorType input = Arguments.exactly(this, inputs, 1).get(0);
    Arguments.require(
        input.shape().elements() == target.elements(),
        "Cannot reshape %s (%d elements) to %s (%d elements)",
        input.shape(),
        input.shape().elements(),
        target,
        target.elements());
    return List.of(input.withShape(target));
  }

  @Override
  public Optional<View> view(View input) {
    return input.reshaped(target);
  }

  @Override
  public void gradient(GradientContext context) {
    context.propagate(0, context.outputGradient(0).reshape(context.input(0).shape()));
  }
}
