package dev.volute.graph.composite;

import dev.volute.graph.Arguments;
import dev.volute.graph.Op;
import dev.volute.graph.Value;
import dev.volute.tensor.TensorType;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One step of Adam (Kingma and Ba, 2015), or of AdamW (Loshchilov and Hutter, 2019) where the
 * weight decay is decoupled:
 *
 * <pre>
 * decoupled: p = p * (1 - rate * weightDecay)      otherwise: g = gradient + weightDecay * p
 * m = beta1 * m + (1 - beta1) * g;  v = beta2 * v + (1 - beta2) * g * g
 * p = p - rate / (1 - beta1^step) * m / (sqrt(v) / sqrt(1 - beta2^step) + epsilon)
 * </pre>
 *
 * <p>Inputs: parameter, gradient, m, v, all of one shape; learning rate {@code []}; step {@code
 * []}, which starts at 1. Outputs, which may take the place of the inputs: parameter, m, v.
 */
public record AdamUpdate(
    double beta1, double beta2, double epsilon, double weightDecay, boolean decoupled)
    implements Op {
  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Arguments.exactly(this, inputs, 6);
    TensorType parameter = SgdUpdate.update(this, inputs, 4);
    return List.of(parameter, parameter, parameter);
  }

  @Override
  public OptionalInt inPlace(int output) {
    return OptionalInt.of(output == 0 ? 0 : output + 1);
  }

  @Override
  public Optional<Lowering> lowering() {
    return Optional.of(
        inputs -> {
          Value p = inputs.get(0);
          Value g = inputs.get(1);
          Value rate = inputs.get(4);
          Value step = inputs.get(5);
          if (decoupled) {
            p = p.subtract(p.multiply(rate.multiply(weightDecay)));
          } else if (weightDecay != 0) {
            g = g.add(p.multiply(weightDecay));
          }
          Value m = inputs.get(2).multiply(beta1).add(g.multiply(1 - beta1));
          Value v = inputs.get(3).multiply(beta2).add(g.multiply(g).multiply(1 - beta2));
          Value root = v.sqrt().divide(missing(beta2, step).sqrt());
          Value change = m.multiply(rate.divide(missing(beta1, step))).divide(root.add(epsilon));
          return List.of(p.subtract(change), m, v);
        });
  }

  /**
   * {@code 1 - beta^step}, computed as {@code 2 t / (1 + t)} with {@code t = tanh(-step * log(beta)
   * / 2)}: for a beta near 1 the difference would lose half of the digits of an F32.
   */
  private static Value missing(double beta, Value step) {
    Value t = step.multiply(-Math.log(beta) / 2).tanh();
    return t.multiply(2).divide(t.add(1));
  }
}
