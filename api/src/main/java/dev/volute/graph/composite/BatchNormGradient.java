package dev.volute.graph.composite;

import dev.volute.graph.Arguments;
import dev.volute.graph.Op;
import dev.volute.graph.Value;
import dev.volute.tensor.Shape;
import dev.volute.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * The gradient of a {@link BatchNormTraining} without residual. Inputs: x {@code [batch, channels,
 * spatial...]}; gamma, mean and variance {@code [channels]}; the gradient to the result, of x's
 * shape; and with an activation the result y itself. Outputs: gradients to x, gamma and beta. With
 * g the gradient to the activation's argument, {@code n} elements a channel, {@code r = 1 /
 * sqrt(variance + epsilon)} and {@code xhat = (x - mean) * r}:
 *
 * <pre>
 * dbeta = sum(g)    dgamma = sum(g * xhat)    dx = gamma * r * (g - dbeta / n - xhat * dgamma / n)
 * </pre>
 */
public record BatchNormGradient(double epsilon, Activation activation) implements Op {
  /** The input that is the gradient to the result. */
  public static final int GRADIENT_INPUT = 4;

  /** The input that is the result of the normalisation with its activation, if it has one. */
  public static final int RESULT_INPUT = 5;

  /** Without an activation. */
  public BatchNormGradient(double epsilon) {
    this(epsilon, Activation.IDENTITY);
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    boolean activated = activation != Activation.IDENTITY;
    Arguments.exactly(this, inputs, activated ? 6 : 5);
    TensorType perChannel = BatchNormTraining.perChannel(this, inputs.subList(0, 4), 1);
    Arguments.sameDType(this, inputs);
    Arguments.shape(this, "gradient", inputs.get(GRADIENT_INPUT), inputs.get(0).shape());
    if (activated) {
      Arguments.shape(this, "result", inputs.get(RESULT_INPUT), inputs.get(0).shape());
    }
    return List.of(inputs.get(0), perChannel, perChannel);
  }

  @Override
  public Optional<Lowering> lowering() {
    return Optional.of(
        inputs -> {
          Shape shape = inputs.get(0).shape();
          Value g =
              activation == Activation.IDENTITY
                  ? inputs.get(GRADIENT_INPUT)
                  : activation.gradient(inputs.get(RESULT_INPUT), inputs.get(GRADIENT_INPUT));
          List<Integer> axes = BatchNormTraining.withoutChannels(shape);
          double count = BatchNormTraining.elements(shape);
          Value root = inputs.get(3).add(epsilon).sqrt();
          Value normalised =
              inputs
                  .get(0)
                  .subtract(BatchNormTraining.alongChannels(inputs.get(2), shape))
                  .divide(BatchNormTraining.alongChannels(root, shape));
          Value toBeta = g.sum(axes);
          Value toGamma = g.multiply(normalised).sum(axes);
          Value toX =
              g.subtract(BatchNormTraining.alongChannels(toBeta.divide(count), shape))
                  .subtract(
                      normalised.multiply(
                          BatchNormTraining.alongChannels(toGamma.divide(count), shape)))
                  .multiply(BatchNormTraining.alongChannels(inputs.get(1).divide(root), shape));
          return List.of(toX, toGamma, toBeta);
        });
  }
}
