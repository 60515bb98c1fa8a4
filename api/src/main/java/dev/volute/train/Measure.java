package dev.volute.train;

import dev.volute.graph.Value;

/**
 * A loss or a metric: a mean over samples, or over time steps of samples. One of a user's own is a
 * record with these two methods, and runs on every backend.
 */
public interface Measure {
  /** The name under which results show it. */
  String name();

  /**
   * Adds the measure to the graph.
   *
   * @param output what the network gave, batch first
   * @param targets what it should have given, batch first
   * @throws dev.volute.tensor.ShapeException if they do not fit each other
   */
  Tally of(Value output, Value targets);
}
