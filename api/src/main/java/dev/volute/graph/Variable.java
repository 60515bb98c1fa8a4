package dev.volute.graph;

import dev.volute.tensor.TensorType;
import java.util.List;

/**
 * A value that lives in the model's memory from run to run: a parameter, a running statistic, an
 * optimizer's moment, a hidden state. A graph reads it as it was before the run, and may give it a
 * new value (see {@link Graph#updates()}).
 *
 * @param label unique within a model, for example {@code conv2d1/weight}
 */
public record Variable(String label, TensorType type) implements Op {
  /**
   * Of the label, which is unique. A record's own method is made at its first use, which is slow.
   */
  @Override
  public int hashCode() {
    return label.hashCode();
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    return List.of(type);
  }

  @Override
  public void gradient(GradientContext context) {}
}
