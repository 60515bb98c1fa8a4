package dev.volute.graph;

import dev.volute.tensor.TensorType;
import dev.volute.tensor.View;
import java.util.List;
import java.util.Optional;

/** One axis backwards. */
public record Flip(int axis) implements ViewOp {
  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    TensorType input = Arguments.exactly(this, inputs, 1).get(0);
    Arguments.require(
        axis >= 0 && axis < input.shape().rank(), "%s has no axis %d", input.shape(), axis);
    return inputs;
  }

  @Override
  public Optional<View> view(View input) {
    long[] strides = input.strides();
    long last = Math.max(0, input.shape().dim(axis) - 1);
    long offset = input.offset() + last * strides[axis];
    strides[axis] = -strides[axis];
    return Optional.of(View.of(input.shape(), offset, strides));
  }

  @Override
  public void gradient(GradientContext context) {
    context.propagate(0, context.outputGradient(0).apply(this));
  }
}
