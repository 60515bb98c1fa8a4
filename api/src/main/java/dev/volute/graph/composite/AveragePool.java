package dev.volute.graph.composite;

import dev.volute.graph.Arguments;
import dev.volute.graph.GradientContext;
import dev.volute.graph.Op;
import dev.volute.graph.Value;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import dev.volute.tensor.TensorType;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

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

  @Override
  public Optional<Lowering> lowering() {
    return Optional.of(
        inputs -> {
          Value windows = SlidingWindows.of(geometry).over(inputs.get(0), 0);
          int rank = inputs.get(0).shape().rank();
          Value sum = windows.sum(IntStream.range(rank, windows.shape().rank()).boxed().toList());
          return List.of(sum.divide(divisor(geometry, countPadding, inputs.get(0).shape(), sum)));
        });
  }

  /** What the sum of each window is divided by, in a shape that broadcasts to {@code like}'s. */
  static Value divisor(PoolGeometry geometry, boolean countPadding, Shape image, Value like) {
    if (countPadding) {
      return like.filled(Shape.scalar(), geometry.cells());
    }
    Value inside = like.filled(Shape.scalar(), 1);
    for (int axis = 0; axis < geometry.axes(); axis++) {
      Shape along = Shape.of(like.shape().dim(axis + 2));
      double[] counts = new double[along.dim(0)];
      for (int i = 0; i < counts.length; i++) {
        int from = i * geometry.strides().get(axis) - geometry.padBefore().get(axis);
        int to = from + geometry.window().get(axis);
        counts[i] = Math.min(to, image.dim(axis + 2)) - Math.max(from, 0);
      }
      for (int inner = axis + 1; inner < geometry.axes(); inner++) {
        along = along.append(1);
      }
      inside = inside.multiply(like.constant(Tensor.of(along, counts).cast(like.dtype())));
    }
    return inside;
  }
}
