package dev.volute.train;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What one pass over the data gave.
 *
 * @param epoch counted from 1
 * @param training means over the training batches, by the measure's name, the loss first; each
 *     batch was measured before its update
 * @param validation means over the validation data after the pass; empty if there is none
 * @param duration of the pass and its validation
 */
public record EpochResult(
    int epoch, Map<String, Double> training, Map<String, Double> validation, Duration duration) {
  public EpochResult {
    training = Collections.unmodifiableMap(new LinkedHashMap<>(training));
    validation = Collections.unmodifiableMap(new LinkedHashMap<>(validation));
  }

  /** The loss to judge by: on the validation data if there is any, else in training. */
  public double loss() {
    return (validation.isEmpty() ? training : validation).values().iterator().next();
  }
}
