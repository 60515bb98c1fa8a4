package dev.volute.graph.composite;

import dev.volute.graph.Arguments;
import dev.volute.graph.Op;
import dev.volute.graph.Value;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.TensorType;
import java.util.List;
import java.util.Optional;

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

  @Override
  public Optional<Lowering> lowering() {
    return Optional.of(
        inputs -> {
          Value gradient = inputs.get(1);
          Shape cells = gradient.shape().append(geometry.cells());
          Shape one = gradient.shape().append(1);
          Value place = inputs.get(0).cast(gradient.dtype()).reshape(one);
          Value hit = Labels.counting(gradient, geometry.cells()).equal(place);
          Value windows = gradient.reshape(one).broadcast(cells);
          Value chosen = hit.select(windows, windows.zerosLike());
          Shape laidOut = gradient.shape();
          for (int length : geometry.window()) {
            laidOut = laidOut.append(length);
          }
          return List.of(SlidingWindows.of(geometry).addUp(chosen.reshape(laidOut), image));
        });
  }
}
