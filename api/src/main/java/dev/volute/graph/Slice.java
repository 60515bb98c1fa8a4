package dev.volute.graph;

import dev.volute.tensor.TensorType;
import dev.volute.tensor.View;
import java.util.List;
import java.util.Optional;

/** The places {@code from}, {@code from + step}, ... below {@code to} of one axis. */
public record Slice(int axis, int from, int to, int step) implements ViewOp {
  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    TensorType input = Arguments.exactly(this, inputs, 1).get(0);
    Arguments.require(
        axis >= 0 && axis < input.shape().rank(), "%s has no axis %d", input.shape(), axis);
    Arguments.require(
        step >= 1 && from >= 0 && to >= from && to <= input.shape().dim(axis),
        "Slice %d to %d (step %d) is not inside axis %d of %s",
        from,
        to,
        step,
        axis,
        input.shape());
    return List.of(input.withShape(input.shape().with(axis, length())));
  }

  private int length() {
    return (to - from + step - 1) / step;
  }

  @Override
  public Optional<View> view(View input) {
    long[] strides = input.strides();
    long offset = input.offset() + from * strides[axis];
    strides[axis] *= step;
    return Optional.of(View.of(input.shape().with(axis, length()), offset, strides));
  }

  @Override
  public void gradient(GradientContext context) {
    context.propagate(
        0, context.input(0).zerosLike().replace(List.of(this), context.outputGradient(0)));
  }
}
