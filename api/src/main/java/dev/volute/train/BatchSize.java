package dev.volute.train;

import dev.volute.VoluteException;

/** How many samples a step sees. */
public record BatchSize(int samples) {
  public BatchSize {
    if (samples < 1) {
      throw new VoluteException("A batch has at least 1 sample, not " + samples);
    }
  }

  public static BatchSize batchSize(int samples) {
    return new BatchSize(samples);
  }
}
