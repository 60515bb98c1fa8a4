package dev.volute.graph;

import dev.volute.tensor.TensorType;
import java.util.List;
import java.util.OptionalInt;

/** A function of each element. */
public record Unary(Function function) implements Op {

  /** The functions, each with the rule of its gradient: from input x, output y and gradient g. */
  public enum Function {
    NEGATE((x, y, g) -> g.negate()),
    ABS((x, y, g) -> g.multiply(x.sign())),
    SIGN((x, y, g) -> g.zerosLike()),
    SQRT((x, y, g) -> g.multiply(0.5).divide(y)),
    EXP((x, y, g) -> g.multiply(y)),
    LOG((x, y, g) -> g.divide(x)),
    TANH((x, y, g) -> y.tanhGradient(g)),
    SIGMOID((x, y, g) -> y.sigmoidGradient(g)),
    /** max(x, 0); NaN stays NaN. */
    RELU((x, y, g) -> y.reluGradient(g));

    private final Rule rule;

    Function(Rule rule) {
      this.rule = rule;
    }
  }

  private interface Rule {
    Value gradient(Value x, Value y, Value g);
  }

  @Override
  public String name() {
    return function.name().toLowerCase(java.util.Locale.ROOT);
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Arguments.floating(this, "input", Arguments.exactly(this, inputs, 1).get(0));
    return inputs;
  }

  @Override
  public void gradient(GradientContext context) {
    context.propagate(
        0, function.rule.gradient(context.input(0), context.output(0), context.outputGradient(0)));
  }

  @Override
  public OptionalInt inPlace(int output) {
    return OptionalInt.of(0);
  }
}
