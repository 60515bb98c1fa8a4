package dev.volute.graph;

import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.TensorType;
import java.util.List;

/**
 * Rows of a table by number: table {@code [n, d...]}, indices I32 {@code [k...]}, result {@code
 * [k..., d...]}. A kernel that meets an index outside {@code 0 .. n-1} throws {@code
 * dev.volute.spi.IndexRangeException}.
 */
public record Gather() implements Op {
  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Arguments.exactly(this, inputs, 2);
    Arguments.dtype(this, "tensor of indices", inputs.get(1), DType.I32);
    Shape table = inputs.get(0).shape();
    Arguments.require(table.rank() >= 1, "Gather needs a table of rows, not %s", inputs.get(0));
    Shape result = inputs.get(1).shape();
    for (int axis = 1; axis < table.rank(); axis++) {
      result = result.append(table.dim(axis));
    }
    return List.of(inputs.get(0).withShape(result));
  }

  @Override
  public void gradient(GradientContext context) {
    context.propagate(
        0,
        context
            .input(1)
            .apply(new ScatterAdd(context.input(0).shape().dim(0)), context.outputGradient(0)));
  }
}
