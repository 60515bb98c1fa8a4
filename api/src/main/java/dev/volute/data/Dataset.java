package dev.volute.data;

import dev.volute.VoluteException;
import dev.volute.tensor.Tensor;

/**
 * Samples, each an input with its target, by number. A data set may hold tensors, or make its
 * samples as they are asked for; {@link #batch} may be called from several threads.
 */
public interface Dataset {
  /** Number of samples. */
  int size();

  /**
   * The samples of these numbers, in this order.
   *
   * @param samples numbers in 0 .. size-1; a number may occur more than once
   */
  Batch batch(int... samples);

  /**
   * Samples held in memory; axis 0 of both tensors is the sample. The tensors are kept, not copied.
   *
   * @param inputs [samples, ...]
   * @param targets [samples, ...]
   * @throws dev.volute.tensor.ShapeException if the tensors do not have the same number of samples
   */
  static Dataset of(Tensor inputs, Tensor targets) {
    return new TensorDataset(inputs, targets);
  }

  /**
   * The samples from {@code from} (inclusive) to {@code to} (exclusive), as a view.
   *
   * @throws VoluteException if the range is not inside this data set
   */
  default Dataset slice(int from, int to) {
    if (from < 0 || to < from || to > size()) {
      throw new VoluteException(
          "Samples %d to %d are not inside a data set of %d".formatted(from, to, size()));
    }
    int[] samples = new int[to - from];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = from + i;
    }
    return select(samples);
  }

  /**
   * The samples of these numbers, in this order, as a view; for example a shuffled half.
   *
   * @throws VoluteException if a number is not in 0 .. size-1
   */
  default Dataset select(int... samples) {
    return new Selection(this, samples);
  }

  /**
   * Two parts: the first {@code count} samples, and the others.
   *
   * @throws VoluteException if there are fewer samples than that
   */
  default Split split(int count) {
    return new Split(slice(0, count), slice(count, size()));
  }

  /** The parts of a data set, usually to train on and to test on. */
  record Split(Dataset first, Dataset second) {}
}
