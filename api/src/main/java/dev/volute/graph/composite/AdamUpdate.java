package dev.volute.graph.composite;

import dev.volute.graph.Arguments;
import dev.volute.graph.Op;
import dev.volute.tensor.TensorType;
import java.util.List;
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
}
