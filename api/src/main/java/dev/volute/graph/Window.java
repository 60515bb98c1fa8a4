package dev.volute.graph;

import dev.volute.tensor.TensorType;
import dev.volute.tensor.View;
import java.util.List;
import java.util.Optional;

/**
 * Sliding windows over one axis. The axis becomes the window's number, and the place inside the
 * window becomes a new last axis: {@code out[.., i, .., j] = in[.., i * stride + j * dilation,
 * ..]}.
 */
public record Window(int axis, int size, int stride, int dilation) implements ViewOp {
  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    TensorType input = Arguments.exactly(this, inputs, 1).get(0);
    Arguments.require(
        axis >= 0 && axis < input.shape().rank(), "%s has no axis %d", input.shape(), axis);
    Arguments.require(
        size >= 1 && stride >= 1 && dilation >= 1,
        "A window needs size, stride and dilation of at least 1, not %d, %d, %d",
        size,
        stride,
        dilation);
    int length = input.shape().dim(axis);
    Arguments.require(
        length >= span(),
        "A window that spans %d does not fit into axis %d of %s",
        span(),
        axis,
        input.shape());
    return List.of(input.withShape(input.shape().with(axis, count(length)).append(size)));
  }

  private int span() {
    return (size - 1) * dilation + 1;
  }

  private int count(int length) {
    return (length - span()) / stride + 1;
  }

  @Override
  public Optional<View> view(View input) {
    int rank = input.shape().rank();
    long[] strides = java.util.Arrays.copyOf(input.strides(), rank + 1);
    strides[rank] = strides[axis] * dilation;
    strides[axis] *= stride;
    int count = count(input.shape().dim(axis));
    return Optional.of(
        View.of(input.shape().with(axis, count).append(size), input.offset(), strides));
  }

  @Override
  public void gradient(GradientContext context) {
    context.propagate(
        0, context.input(0).zerosLike().accumulate(List.of(this), context.outputGradient(0)));
  }
}
