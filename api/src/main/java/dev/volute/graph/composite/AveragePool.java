package dev.volute.graph.composite;

import dev.volute.graph.Arguments;
import dev.volute.graph.GradientContext;
import dev.volute.graph.Op;
import dev.volute.tensor.TensorType;
import java.util.List;

/**
 * The mean of each window of each channel: {@code [batch, channels, spatial...]} to {@code [batch,
 * channels, out...]}. Padding counts as zero.
 *
 * @param countPadding divide by the size of the window everywhere; otherwise by the number of its
 *     cells that are inside the image
 */
public record AveragePool(PoolGeometry geometry, boolean countPadding) implements Op {
  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    TensorType image = Arguments.exactly(this, inputs, 1).get(0);
    Arguments.floating(this, "image", image);
    return List.of(image.withShape(geometry.output(image.shape())));
  }

  @Override
  public void gradient(GradientContext context) {
    AveragePoolGradient gradient =
        new AveragePoolGradient(geometry, countPadding, context.input(0).shape());
    context.propagate(0, context.outputGradient(0).apply(gradient));
  }
}
