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

  @Override
  public Optional<Lowering> lowering() {
    return Optional.of(
        inputs -> {
          Value gradient = inputs.get(0);
          Value share =
              gradient.divide(AveragePool.divisor(geometry, countPadding, image, gradient));
          Shape ones = share.shape();
          Shape windows = share.shape();
          for (int length : geometry.window()) {
            ones = ones.append(1);
            windows = windows.append(length);
          }
          Value cells = share.reshape(ones).broadcast(windows);
          return List.of(SlidingWindows.of(geometry).addUp(cells, image));
        });
  }
}
