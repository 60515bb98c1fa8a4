package dev.volute.data;

import dev.volute.VoluteException;

/** The rule for the numbers that {@link Dataset#batch} takes. */
final class SampleNumbers {
  private SampleNumbers() {}

  static void require(int[] samples, int size) {
    for (int number : samples) {
      if (number < 0 || number >= size) {
        throw new VoluteException("Sample " + number + " is not in a data set of " + size);
      }
    }
  }
}
