package dev.volute.graph.composite;

import dev.volute.graph.Value;

/** A function of each element that an op applies to its result. */
public enum Activation {
  IDENTITY,
  RELU,
  TANH,
  SIGMOID;

  /** The function of {@code x}. */
  public Value of(Value x) {
    return switch (this) {
      case IDENTITY -> x;
      case RELU -> x.relu();
      case TANH -> x.tanh();
      case SIGMOID -> x.sigmoid();
    };
  }

  /**
   * The gradient to the function's argument, from its result {@code y} and the gradient to that.
   */
  public Value gradient(Value y, Value gradient) {
    return switch (this) {
      case IDENTITY -> gradient;
      case RELU -> y.reluGradient(gradient);
      case TANH -> y.tanhGradient(gradient);
      case SIGMOID -> y.sigmoidGradient(gradient);
    };
  }
}
