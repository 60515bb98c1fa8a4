package dev.volute.graph;

import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.TensorType;
import java.util.List;

/**
 * Zeros {@code [rows, d...]} to which row {@code indices[i]} gets {@code updates[i]} added, in the
 * order of i: indices I32 {@code [k...]}, updates {@code [k..., d...]}. A kernel that meets an
 * index outside {@code 0 .. rows-1} throws {@code dev.volute.spi.IndexRangeException}.
 */
public record ScatterAdd(int rows) implements Op {
  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Arguments.exactly(this, inputs, 2);
    Arguments.dtype(this, "tensor of indices", inputs.get(0), DType.I32);
    Shape indices = inputs.get(0).shape();
    Shape updates = inputs.get(1).shape();
    Arguments.require(
        updates.rank() >= indices.rank() && updates.slice(0, indices.rank()).equals(indices),
        "ScatterAdd needs updates [k..., d...] for indices [k...], not %s for %s",
        updates,
        indices);
    return List.of(
        inputs.get(1).withShape(updates.slice(indices.rank(), updates.rank()).prepend(rows)));
  }

  @Override
  public void gradient(GradientContext context) {
    context.propagate(1, context.outputGradient(0).apply(new Gather(), context.input(0)));
  }
}
