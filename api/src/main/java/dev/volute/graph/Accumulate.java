package dev.volute.graph;

import dev.volute.tensor.TensorType;
import java.util.List;

/**
 * Adds the input into the output's old contents, element by element in row-major order. The
 * output's view may overlap itself: each element is then added where it falls.
 *
 * <p>Only plans make it (of {@link Update}): a graph's values never change.
 */
public record Accumulate() implements Op {
  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    return Arguments.exactly(this, inputs, 1);
  }
}
