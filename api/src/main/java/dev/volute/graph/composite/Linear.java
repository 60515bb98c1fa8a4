package dev.volute.graph.composite;

import dev.volute.graph.Arguments;
import dev.volute.graph.GradientContext;
import dev.volute.graph.Op;
import dev.volute.graph.Value;
import dev.volute.tensor.Shape;
import dev.volute.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * {@code activation(x @ w + b)}: x {@code [rows, in]}, w {@code [in, out]}, b {@code [out]} if
 * there is a bias; result {@code [rows, out]}.
 */
public record Linear(Activation activation, boolean bias) implements Op {
  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Arguments.exactly(this, inputs, bias ? 3 : 2);
    Arguments.floating(this, "matrix of inputs", inputs.get(0));
    Shape x = Arguments.rank(this, "matrix of inputs", inputs.get(0), 2);
    Shape w = Arguments.rank(this, "matrix of weights", inputs.get(1), 2);
    Arguments.require(
        x.dim(1) == w.dim(0),
        "Linear needs [rows, in] and [in, out], not %s and %s",
        inputs.get(0),
        inputs.get(1));
    if (bias) {
      Arguments.shape(this, "bias", inputs.get(2), Shape.of(w.dim(1)));
    }
    Arguments.sameDType(this, inputs);
    return List.of(inputs.get(0).withShape(Shape.of(x.dim(0), w.dim(1))));
  }

  @Override
  public void gradient(GradientContext context) {
    Value g = activation.gradient(context.output(0), context.outputGradient(0));
    if (context.wants(0)) {
      context.propagate(0, g.matmul(context.input(1).transpose()));
    }
    if (context.wants(1)) {
      context.propagate(1, context.input(0).transpose().matmul(g));
    }
    if (bias && context.wants(2)) {
      context.propagate(2, g.sum(0));
    }
  }

  @Override
  public Optional<Lowering> lowering() {
    return Optional.of(
        inputs -> {
          Value product = inputs.get(0).matmul(inputs.get(1));
          return List.of(activation.of(bias ? product.add(inputs.get(2)) : product));
        });
  }
}
