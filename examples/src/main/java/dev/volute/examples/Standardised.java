package dev.volute.examples;

import dev.volute.data.Batch;
import dev.volute.data.Batches;
import dev.volute.data.Dataset;

/**
 * A data set whose inputs are shifted and scaled: {@code (x - mean) / deviation}. It scales the
 * batches that it hands out.
 */
record Standardised(Dataset data, float mean, float deviation) implements Dataset {
  private static final int BATCH = 256;

  /** Mean 0 and standard deviation 1 over all inputs; inputs that are all equal become 0. */
  static Standardised of(Dataset data) {
    double sum = 0;
    double squares = 0;
    long count = 0;
    for (Batch batch : Batches.inOrder(data, BATCH)) {
      for (float value : batch.inputs().floats()) {
        sum += value;
        squares += (double) value * value;
        count++;
      }
    }
    double mean = sum / count;
    double variance = squares / count - mean * mean;
    return new Standardised(data, (float) mean, variance > 0 ? (float) Math.sqrt(variance) : 1);
  }

  /** Other data, shifted and scaled as these. */
  Standardised alike(Dataset other) {
    return new Standardised(other, mean, deviation);
  }

  @Override
  public int size() {
    return data.size();
  }

  @Override
  public Batch batch(int... samples) {
    Batch batch = data.batch(samples);
    float[] values = batch.inputs().floats();
    for (int i = 0; i < values.length; i++) {
      values[i] = (values[i] - mean) / deviation;
    }
    return batch;
  }
}
