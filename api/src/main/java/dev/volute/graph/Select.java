package dev.volute.graph;

import dev.volute.tensor.TensorType;
import java.util.List;

/** Where the condition is not 0, the second input's element, else the third's. */
public record Select() implements Op {
  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Arguments.exactly(this, inputs, 3);
    Arguments.require(
        inputs.get(1).equals(inputs.get(2)) && inputs.get(0).shape().equals(inputs.get(1).shape()),
        "Select needs a condition and two inputs of one shape, not %s",
        inputs);
    return List.of(inputs.get(1));
  }

  @Override
  public void gradient(GradientContext context) {
    Value gradient = context.outputGradient(0);
    Value zeros = gradient.zerosLike();
    context.propagate(1, context.input(0).select(gradient, zeros));
    context.propagate(2, context.input(0).select(zeros, gradient));
  }
}
