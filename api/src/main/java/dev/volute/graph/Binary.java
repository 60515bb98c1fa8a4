package dev.volute.graph;

import dev.volute.tensor.TensorType;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/** A function of two elements at the same place. Shapes are equal; {@link Value} broadcasts. */
public record Binary(Function function) implements Op {

  /**
   * The functions, each with the rules of its gradients: from inputs a and b, output y, gradient g.
   */
  public enum Function {
    ADD((a, b, y, g) -> g, (a, b, y, g) -> g),
    SUBTRACT((a, b, y, g) -> g, (a, b, y, g) -> g.negate()),
    MULTIPLY((a, b, y, g) -> g.multiply(b), (a, b, y, g) -> g.multiply(a)),
    DIVIDE((a, b, y, g) -> g.divide(b), (a, b, y, g) -> g.multiply(y).divide(b).negate()),
    /** The larger; NaN if either is. Of equal ones the first gets the gradient. */
    MAXIMUM((a, b, y, g) -> g.multiply(b.lessOrEqual(a)), (a, b, y, g) -> g.multiply(a.less(b))),
    /** The smaller; NaN if either is. Of equal ones the first gets the gradient. */
    MINIMUM((a, b, y, g) -> g.multiply(a.lessOrEqual(b)), (a, b, y, g) -> g.multiply(b.less(a))),
    /** a to the power b. */
    POWER(
        (a, b, y, g) -> g.multiply(b).multiply(a.power(b.add(-1))),
        (a, b, y, g) -> g.multiply(y).multiply(a.log())),
    /** 1 where equal, else 0. */
    EQUAL,
    /** 1 where a is less than b, else 0. */
    LESS,
    /** 1 where a is not more than b, else 0. */
    LESS_EQUAL,
    /** With y = relu(x): g where y is positive, else 0. */
    RELU_GRADIENT((a, b, y, g) -> g.zerosLike(), (a, b, y, g) -> a.reluGradient(g)),
    /** With y = tanh(x): g (1 - y^2). */
    TANH_GRADIENT(
        (a, b, y, g) -> g.multiply(b).multiply(a).multiply(-2), (a, b, y, g) -> a.tanhGradient(g)),
    /** With y = sigmoid(x): g y (1 - y). */
    SIGMOID_GRADIENT(
        (a, b, y, g) -> g.multiply(b).multiply(a.multiply(-2).add(1)),
        (a, b, y, g) -> a.sigmoidGradient(g));

    private final Rule first;
    private final Rule second;

    Function() {
      this((a, b, y, g) -> g.zerosLike(), (a, b, y, g) -> g.zerosLike());
    }

    Function(Rule first, Rule second) {
      this.first = first;
      this.second = second;
    }
  }

  private interface Rule {
    Value gradient(Value a, Value b, Value y, Value g);
  }

  @Override
  public String name() {
    return function.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Arguments.exactly(this, inputs, 2);
    Arguments.require(
        inputs.get(0).equals(inputs.get(1)),
        "%s needs two inputs of the same type, not %s and %s",
        name(),
        inputs.get(0),
        inputs.get(1));
    return List.of(inputs.get(0));
  }

  @Override
  public void gradient(GradientContext context) {
    Value a = context.input(0);
    Value b = context.input(1);
    Value y = context.output(0);
    Value g = context.outputGradient(0);
    if (context.wants(0)) {
      context.propagate(0, function.first.gradient(a, b, y, g));
    }
    if (context.wants(1)) {
      context.propagate(1, function.second.gradient(a, b, y, g));
    }
  }

  @Override
  public OptionalInt inPlace(int output) {
    return OptionalInt.of(0);
  }
}
