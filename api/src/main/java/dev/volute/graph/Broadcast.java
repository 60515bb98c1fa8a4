package dev.volute.graph;

import dev.volute.tensor.Shape;
import dev.volute.tensor.TensorType;
import dev.volute.tensor.View;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Repeats the input to fill a shape. Axes are matched from the last; an axis of length 1 is
 * repeated, and missing axes in front are added.
 */
public record Broadcast(Shape target) implements ViewOp {
  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    TensorType input = Arguments.exactly(this, inputs, 1).get(0);
    Shape shape = input.shape();
    int added = target.rank() - shape.rank();
    boolean fits = added >= 0;
    for (int axis = 0; fits && axis < shape.rank(); axis++) {
      int length = shape.dim(axis);
      fits = length == 1 || length == target.dim(axis + added);
    }
    Arguments.require(
        fits,
        "Cannot broadcast %s to %s: matched from the last axis, each length must be equal or 1",
        shape,
        target);
    return List.of(input.withShape(target));
  }

  @Override
  public Optional<View> view(View input) {
    int added = target.rank() - input.shape().rank();
    long[] strides = new long[target.rank()];
    for (int axis = 0; axis < input.shape().rank(); axis++) {
      strides[axis + added] = input.shape().dim(axis) == 1 ? 0 : input.stride(axis);
    }
    return Optional.of(View.of(target, input.offset(), strides));
  }

  @Override
  public void gradient(GradientContext context) {
    Shape shape = context.input(0).shape();
    int added = target.rank() - shape.rank();
    List<Integer> axes = new ArrayList<>();
    for (int axis = 0; axis < target.rank(); axis++) {
      boolean repeated = axis < added || (shape.dim(axis - added) == 1 && target.dim(axis) != 1);
      if (repeated) {
        axes.add(axis);
      }
    }
    Value gradient = context.outputGradient(0);
    context.propagate(0, (axes.isEmpty() ? gradient : gradient.sum(axes)).reshape(shape));
  }
}
