package dev.volute.graph.composite;

import dev.volute.graph.Arguments;
import dev.volute.graph.GradientContext;
import dev.volute.graph.Op;
import dev.volute.graph.Reduce;
import dev.volute.graph.Value;
import dev.volute.tensor.Shape;
import dev.volute.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/** {@code y = exp(x) / sum(exp(x))} over the last axis. */
public record Softmax() implements Op {
  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    requireLastAxis(this, Arguments.exactly(this, inputs, 1).get(0));
    return inputs;
  }

  static void requireLastAxis(Op op, TensorType type) {
    Arguments.floating(op, "input", type);
    Arguments.require(
        type.shape().rank() >= 1 && type.shape().dim(-1) >= 1,
        "%s needs a last axis with one element or more, not %s",
        op.name(),
        type);
  }

  @Override
  public void gradient(GradientContext context) {
    context.propagate(0, context.output(0).apply(new SoftmaxGradient(), context.outputGradient(0)));
  }

  @Override
  public Optional<Lowering> lowering() {
    return Optional.of(
        inputs -> {
          Value x = inputs.get(0);
          Shape one = x.shape().with(-1, 1);
          Value powers = shifted(x).exp();
          return List.of(powers.divide(powers.sum(-1).reshape(one)));
        });
  }

  /** {@code x} less its largest element over the last axis, so that no power overflows. */
  static Value shifted(Value x) {
    return x.subtract(x.reduce(Reduce.Function.MAX, List.of(-1)).reshape(x.shape().with(-1, 1)));
  }
}
