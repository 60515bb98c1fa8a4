package dev.volute.graph.composite;

import dev.volute.graph.Arguments;
import dev.volute.graph.Op;
import dev.volute.graph.Value;
import dev.volute.tensor.Shape;
import dev.volute.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * The gradient of a {@link BatchNormTraining} without activation. Inputs: x {@code [batch,
 * channels, spatial...]}; gamma, mean and variance {@code [channels]}; g of x's shape. Outputs:
 * gradients to x, gamma and beta. With {@code n} elements a channel, {@code r = 1 / sqrt(variance +
 * epsilon)} and {@code xhat = (x - mean) * r}:
 *
 * <pre>
 * dbeta = sum(g)    dgamma = sum(g * xhat)    dx = gamma * r * (g - dbeta / n - xhat * dgamma / n)
 * </pre>
 */
public record BatchNormGradient(double epsilon) implements Op {
  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Arguments.exactly(this, inputs, 5);
    TensorType perChannel = BatchNormTraining.perChannel(this, inputs.subList(0, 4), 1);
    Arguments.shape(this, "gradient", inputs.get(4), inputs.get(0).shape());
    return List.of(inputs.get(0), perChannel, perChannel);
  }

  @Override
  public Optional<Lowering> lowering() {
    return Optional.of(
        inputs -> {
          Shape shape = inputs.get(0).shape();
          Value g = inputs.get(4);
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
