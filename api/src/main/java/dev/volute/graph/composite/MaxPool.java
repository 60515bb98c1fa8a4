package dev.volute.graph.composite;

import dev.volute.graph.Arguments;
import dev.volute.graph.GradientContext;
import dev.volute.graph.Op;
import dev.volute.graph.Reduce;
import dev.volute.graph.Value;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * The largest value in each window of each channel: {@code [batch, channels, spatial...]} to {@code
 * [batch, channels, out...]}. Padding counts as minus infinity; NaN counts as largest.
 *
 * @param indices whether there is a second output, I32 of the result's shape: the place of the
 *     largest value in the window, counted row by row from 0; of equal ones the first
 */
public record MaxPool(PoolGeometry geometry, boolean indices) implements Op {
  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    TensorType image = Arguments.exactly(this, inputs, 1).get(0);
    Arguments.floating(this, "image", image);
    Shape result = geometry.output(image.shape());
    return indices
        ? List.of(image.withShape(result), new TensorType(DType.I32, result))
        : List.of(image.withShape(result));
  }

  @Override
  public void gradient(GradientContext context) {
    Value x = context.input(0);
    Value index = indices ? context.output(1) : x.applyAll(new MaxPool(geometry, true)).get(1);
    context.propagate(
        0, index.apply(new MaxPoolGradient(geometry, x.shape()), context.outputGradient(0)));
  }

  @Override
  public Optional<Op> withOutputs(int count) {
    return count == 1 && indices ? Optional.of(new MaxPool(geometry, false)) : Optional.empty();
  }

  @Override
  public Optional<Lowering> lowering() {
    return Optional.of(
        inputs -> {
          Value windows = SlidingWindows.of(geometry).over(inputs.get(0), Double.NEGATIVE_INFINITY);
          Value cells =
              windows.reshape(geometry.output(inputs.get(0).shape()).append(geometry.cells()));
          Value largest = cells.reduce(Reduce.Function.MAX, List.of(-1));
          return indices ? List.of(largest, cells.argmax(-1)) : List.of(largest);
        });
  }
}
