package dev.volute.graph;

import dev.volute.tensor.Shape;
import dev.volute.tensor.TensorType;
import dev.volute.tensor.View;
import java.util.List;
import java.util.Optional;

/**
 * Axes in another order: axis {@code i} of the output is axis {@code order.get(i)} of the input.
 */
public record Permute(List<Integer> order) implements ViewOp {
  public Permute {
    order = List.copyOf(order);
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    TensorType input = Arguments.exactly(this, inputs, 1).get(0);
    int rank = input.shape().rank();
    Arguments.require(
        order.size() == rank
            && order.stream().distinct().count() == rank
            && order.stream().allMatch(axis -> axis >= 0 && axis < rank),
        "%s is no permutation of the axes of %s",
        order,
        input.shape());
    int[] lengths = order.stream().mapToInt(axis -> input.shape().dim(axis)).toArray();
    return List.of(input.withShape(Shape.of(lengths)));
  }

  @Override
  public Optional<View> view(View input) {
    int[] lengths = order.stream().mapToInt(axis -> input.shape().dim(axis)).toArray();
    long[] strides = order.stream().mapToLong(input::stride).toArray();
    return Optional.of(View.of(Shape.of(lengths), input.offset(), strides));
  }

  @Override
  public void gradient(GradientContext context) {
    Integer[] inverse = new Integer[order.size()];
    for (int i = 0; i < inverse.length; i++) {
      inverse[order.get(i)] = i;
    }
    context.propagate(0, context.outputGradient(0).apply(new Permute(List.of(inverse))));
  }
}
