package dev.volute.graph.composite;

import dev.volute.graph.Arguments;
import dev.volute.graph.GradientContext;
import dev.volute.graph.Op;
import dev.volute.graph.RandomUniform;
import dev.volute.graph.Value;
import dev.volute.tensor.Shape;
import dev.volute.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * {@code x / (1 - rate)} where {@code u >= rate}, 0 elsewhere; u is what {@link
 * dev.volute.graph.RandomUniform} gives for x's shape, this stream and the key. Inputs: x, key I32
 * {@code [3]} (seed low, seed high, step). The gradient is the same op on the gradient.
 */
public record Dropout(double rate, int stream) implements Op {
  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Arguments.exactly(this, inputs, 2);
    Arguments.floating(this, "input", inputs.get(0));
    Arguments.require(
        inputs.get(1).equals(TensorType.i32(3)),
        "Dropout needs a key of I32[3], not %s",
        inputs.get(1));
    return List.of(inputs.get(0));
  }

  @Override
  public void gradient(GradientContext context) {
    context.propagate(0, context.outputGradient(0).apply(this, context.input(1)));
  }

  @Override
  public Optional<Lowering> lowering() {
    return Optional.of(
        inputs -> {
          Value x = inputs.get(0);
          Value u = inputs.get(1).apply(new RandomUniform(x.shape(), stream));
          Value kept = u.filled(Shape.scalar(), rate).lessOrEqual(u);
          return List.of(kept.select(x.multiply(1 / (1 - rate)), x.zerosLike()));
        });
  }
}
