package dev.volute.train;

import dev.volute.graph.Value;
import java.util.List;

/**
 * The rule by which a parameter follows its gradient. One of a user's own is a record with these
 * methods, made of any ops, and runs on every backend.
 */
public interface Optimizer {
  /** The learning rate before a {@link Schedule} changes it. */
  double learningRate();

  /** Names of what is kept for each parameter from step to step, for example its velocity. */
  List<String> moments();

  /**
   * Adds one parameter's update to the graph.
   *
   * @param parameter its present value
   * @param gradient of the loss, of the same shape
   * @param moments present values of {@link #moments}, of the same shape; zeros at first
   * @param learningRate scalar F32
   * @param step scalar F32; 1 in the first step
   * @return the parameter's new value, then the moments'
   */
  List<Value> update(
      Value parameter, Value gradient, List<Value> moments, Value learningRate, Value step);
}
