package dev.volute.graph.composite;

import dev.volute.graph.Arguments;
import dev.volute.graph.Op;
import dev.volute.graph.Value;
import dev.volute.tensor.Shape;
import dev.volute.tensor.TensorType;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One step of stochastic gradient descent, as PyTorch defines it:
 *
 * <pre>
 * g = gradient + weightDecay * p;  v = momentum * v + g;  p = p - rate * (nesterov ? g + momentum * v : v)
 * </pre>
 *
 * <p>Inputs: parameter, gradient, velocity if there is a momentum, all of one shape; learning rate
 * {@code []}. Outputs, which may take the place of the inputs: parameter, velocity if there is a
 * momentum.
 */
public record SgdUpdate(double momentum, boolean nesterov, double weightDecay) implements Op {
  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    int tensors = momentum == 0 ? 2 : 3;
    Arguments.exactly(this, inputs, tensors + 1);
    TensorType parameter = update(this, inputs, tensors);
    return momentum == 0 ? List.of(parameter) : List.of(parameter, parameter);
  }

  /** Checks that the first inputs are like the parameter and the others scalars of its type. */
  static TensorType update(Op op, List<TensorType> inputs, int tensors) {
    TensorType parameter = inputs.get(0);
    Arguments.floating(op, "parameter", parameter);
    for (int i = 1; i < inputs.size(); i++) {
      TensorType expected = i < tensors ? parameter : parameter.withShape(Shape.scalar());
      Arguments.require(
          inputs.get(i).equals(expected),
          "%s of %s needs %s as input %d, not %s",
          op.name(),
          parameter,
          expected,
          i,
          inputs.get(i));
    }
    return parameter;
  }

  @Override
  public OptionalInt inPlace(int output) {
    return OptionalInt.of(output == 0 ? 0 : 2);
  }

  @Override
  public Optional<Lowering> lowering() {
    return Optional.of(
        inputs -> {
          Value p = inputs.get(0);
          Value g = inputs.get(1);
          Value rate = inputs.get(inputs.size() - 1);
          if (weightDecay != 0) {
            g = g.add(p.multiply(weightDecay));
          }
          if (momentum == 0) {
            return List.of(p.subtract(g.multiply(rate)));
          }
          Value v = inputs.get(2).multiply(momentum).add(g);
          Value step = nesterov ? g.add(v.multiply(momentum)) : v;
          return List.of(p.subtract(step.multiply(rate)), v);
        });
  }
}
