package dev.volute.graph.composite;

import dev.volute.graph.Arguments;
import dev.volute.graph.GradientContext;
import dev.volute.graph.Op;
import dev.volute.tensor.Shape;
import dev.volute.tensor.TensorType;
import java.util.List;

/**
 * The gradient of an {@link AveragePool}: gradient {@code [batch, channels, out...]} to {@code
 * image}'s shape.
 */
public record AveragePoolGradient(PoolGeometry geometry, boolean countPadding, Shape image)
    implements Op {
  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    TensorType gradient = Arguments.exactly(this, inputs, 1).get(0);
    Arguments.floating(this, "gradient", gradient);
    Arguments.shape(this, "gradient", gradient, geometry.output(image));
    return List.of(gradient.withShape(image));
  }

  @Override
  public void gradient(GradientContext context) {
    context.propagate(0, context.outputGradient(0).apply(new AveragePool(geometry, countPadding)));
  }
}
