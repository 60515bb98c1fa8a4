package dev.volute.graph.composite;

import dev.volute.graph.Arguments;
import dev.volute.graph.Op;
import dev.volute.tensor.TensorType;
import java.util.List;

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
}
