package dev.volute.graph.composite;

import dev.volute.graph.Arguments;
import dev.volute.graph.Op;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.TensorType;
import java.util.List;

/**
 * The gradient of a {@link MaxPool}: indices I32 {@code [batch, channels, out...]} as that gives
 * them, and gradient of the same shape, to {@code image}'s shape. Gradients add up where windows
 * overlap.
 */
public record MaxPoolGradient(PoolGeometry geometry, Shape image) implements Op {
  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Arguments.exactly(this, inputs, 2);
    Arguments.dtype(this, "tensor of indices", inputs.get(0), DType.I32);
    Arguments.floating(this, "gradient", inputs.get(1));
    Shape expected = geometry.output(image);
    Arguments.shape(this, "tensor of indices", inputs.get(0), expected);
    Arguments.shape(this, "gradient", inputs.get(1), expected);
    return List.of(inputs.get(1).withShape(image));
  }
}
