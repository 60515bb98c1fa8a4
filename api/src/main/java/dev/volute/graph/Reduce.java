package dev.volute.graph;

import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.TensorType;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One value for all the elements along some axes; these axes go.
 *
 * @param axes ascending; for {@code ARGMAX} exactly one
 */
public record Reduce(Function function, List<Integer> axes) implements Op {

  public enum Function {
    SUM,
    /** The largest; NaN if there is one. */
    MAX,
    /** The smallest; NaN if there is one. */
    MIN,
    /** Position (I32) of the first largest; NaN counts as largest. */
    ARGMAX
  }

  public Reduce {
    axes = List.copyOf(axes);
  }

  @Override
  public String name() {
    return "reduce " + function.name().toLowerCase(java.util.Locale.ROOT);
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    TensorType input = Arguments.exactly(this, inputs, 1).get(0);
    Shape shape = input.shape();
    boolean ascending =
        IntStream.range(1, axes.size()).allMatch(i -> axes.get(i - 1) < axes.get(i));
    Arguments.require(
        ascending && axes.stream().allMatch(axis -> axis >= 0 && axis < shape.rank()),
        "%s over axes %s does not fit %s: axes are counted from 0 and ascend",
        name(),
        axes,
        shape);
    Arguments.require(
        function != Function.ARGMAX || axes.size() == 1, "argmax takes one axis, not %s", axes);
    Arguments.require(
        function == Function.SUM || axes.stream().allMatch(axis -> shape.dim(axis) > 0),
        "%s of no elements is not defined: %s over axes %s",
        name(),
        shape,
        axes);
    int[] kept =
        IntStream.range(0, shape.rank()).filter(i -> !axes.contains(i)).map(shape::dim).toArray();
    return List.of(
        new TensorType(function == Function.ARGMAX ? DType.I32 : input.dtype(), Shape.of(kept)));
  }

  @Override
  public void gradient(GradientContext context) {
    Value x = context.input(0);
    Value g = expand(context.outputGradient(0), x.shape());
    switch (function) {
      case SUM -> context.propagate(0, g);
      case MAX, MIN -> {
        // Equal extremes share the gradient.
        Value hit = x.equal(expand(context.output(0), x.shape()));
        context.propagate(0, g.multiply(hit).divide(expand(hit.sum(axes), x.shape())));
      }
      case ARGMAX -> {}
    }
  }

  private Value expand(Value reduced, Shape shape) {
    Shape withOnes = shape;
    for (int axis : axes) {
      withOnes = withOnes.with(axis, 1);
    }
    return reduced.reshape(withOnes).broadcast(shape);
  }
}
