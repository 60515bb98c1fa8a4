package dev.volute.graph.composite;

import dev.volute.graph.Arguments;
import dev.volute.graph.Op;
import dev.volute.graph.Value;
import dev.volute.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * The gradient of a {@link Softmax} from its result y and the gradient g to that: {@code y * (g -
 * sum(y * g))} over the last axis.
 */
public record SoftmaxGradient() implements Op {
  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Arguments.exactly(this, inputs, 2);
    Softmax.requireLastAxis(this, inputs.get(0));
    Arguments.require(
        inputs.get(0).equals(inputs.get(1)),
        "SoftmaxGradient needs a gradient like the softmax's %s, not %s",
        inputs.get(0),
        inputs.get(1));
    return List.of(inputs.get(0));
  }

  @Override
  public Optional<Lowering> lowering() {
    return Optional.of(
        inputs -> {
          Value y = inputs.get(0);
          Value g = inputs.get(1);
          Value mean = y.multiply(g).sum(-1).reshape(y.shape().with(-1, 1));
          return List.of(y.multiply(g.subtract(mean)));
        });
  }
}
