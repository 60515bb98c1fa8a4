package dev.volute.graph.composite;

import dev.volute.graph.Arguments;
import dev.volute.graph.Op;
import dev.volute.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * Batch normalisation with given statistics: {@code y = activation(gamma * (x - mean) /
 * sqrt(variance + epsilon) + beta)} for each channel. Inputs: x {@code [batch, channels,
 * spatial...]}; gamma, beta, mean and variance {@code [channels]}. Result: y of x's shape.
 */
public record BatchNormInference(double epsilon, Activation activation) implements Op {
  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Arguments.exactly(this, inputs, 5);
    BatchNormTraining.perChannel(this, inputs, 1);
    return List.of(inputs.get(0));
  }

  @Override
  public Optional<Lowering> lowering() {
    return Optional.of(
        inputs ->
            List.of(
                activation.of(
                    BatchNormTraining.normalised(
                        inputs.get(0),
                        inputs.get(1),
                        inputs.get(2),
                        inputs.get(3),
                        inputs.get(4),
                        epsilon))));
  }
}
