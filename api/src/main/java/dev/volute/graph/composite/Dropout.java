package dev.volute.graph.composite;

import dev.volute.graph.Arguments;
import dev.volute.graph.GradientContext;
import dev.volute.graph.Op;
import dev.volute.tensor.TensorType;
import java.util.List;

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
}
