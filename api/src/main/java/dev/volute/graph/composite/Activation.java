package dev.volute.graph.composite;

import dev.volute.graph.Binary;
import dev.volute.graph.Value;

/** A function of each element that an op applies to its result. */
public enum Activation {
  IDENTITY,
  RELU,
  /** {@code min(max(x, 0), 6)}. */
  RELU6,
  TANH,
  SIGMOID;

  /** The largest result of {@link #RELU6}. */
  public static final double SIX = 6;

  /** The function of {@code x}. */
  public Value of(Value x) {
    return switch (this) {
      case IDENTITY -> x;
      case RELU -> x.relu();
      case RELU6 -> x.relu().binary(Binary.Function.MINIMUM, SIX);
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
      case RELU6 -> y.reluGradient(gradient).multiply(y.binary(Binary.Function.LESS, SIX));
      case TANH -> y.tanhGradient(gradient);
      case SIGMOID -> y.sigmoidGradient(gradient);
    };
  }
}
