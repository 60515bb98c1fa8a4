package dev.volute.data;

import dev.volute.tensor.Tensor;

/**
 * Some samples side by side.
 *
 * @param inputs what the network reads; axis 0 is the sample
 * @param targets what it should answer; axis 0 is the sample
 */
public record Batch(Tensor inputs, Tensor targets) {
  /** Number of samples. */
  public int size() {
    return inputs.shape().dim(0);
  }
}
