package dev.volute.graph;

import dev.volute.tensor.TensorType;
import java.util.List;
import java.util.OptionalInt;

/**
 * The first input with the part that {@code part} selects replaced by the second input, or with the
 * second input added to it. Where selected places coincide (overlapping windows) adding adds them
 * all up; replacing is for parts without overlap.
 *
 * <p>Plans run it in the first input's own memory where nobody else reads that, as a {@link Copy}
 * or an {@link Accumulate} into a view.
 */
public record Update(List<ViewOp> part, boolean add) implements Op {
  public Update {
    part = List.copyOf(part);
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    TensorType base = Arguments.exactly(this, inputs, 2).get(0);
    TensorType selected = base;
    for (ViewOp step : part) {
      selected = step.infer(List.of(selected)).get(0);
    }
    Arguments.require(
        selected.equals(inputs.get(1)),
        "The selected part is %s, but %s was given for it",
        selected,
        inputs.get(1));
    return List.of(base);
  }

  @Override
  public void gradient(GradientContext context) {
    Value gradient = context.outputGradient(0);
    if (context.wants(0)) {
      context.propagate(0, add ? gradient : gradient.replace(part, context.input(1).zerosLike()));
    }
    if (context.wants(1)) {
      Value selected = gradient;
      for (ViewOp step : part) {
        selected = selected.apply(step);
      }
      context.propagate(1, selected);
    }
  }

  @Override
  public OptionalInt inPlace(int output) {
    return OptionalInt.of(0);
  }
}
