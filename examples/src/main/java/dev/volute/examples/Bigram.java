package dev.volute.examples;

import java.util.List;

/**
 * Predicts an id from the one before it, by counting: {@code p(b | a) = (count(a, b) + s) /
 * (count(a) + s * ids)}. What a recurrent network must beat to have learnt more than pairs.
 */
final class Bigram {
  private final double[][] logProbability;

  private Bigram(double[][] logProbability) {
    this.logProbability = logProbability;
  }

  /**
   * Counts the pairs in some sequences.
   *
   * @param ids size of the vocabulary
   * @param smoothing s, added to every count; above 0
   */
  static Bigram fit(List<int[]> sequences, int ids, double smoothing) {
    double[][] table = new double[ids][ids];
    for (int[] sequence : sequences) {
      for (int i = 1; i < sequence.length; i++) {
        table[sequence[i - 1]][sequence[i]]++;
      }
    }
    for (double[] row : table) {
      double total = smoothing * ids;
      for (double count : row) {
        total += count;
      }
      for (int i = 0; i < ids; i++) {
        row[i] = Math.log((row[i] + smoothing) / total);
      }
    }
    return new Bigram(table);
  }

  /** Mean of {@code -ln p(next | previous)} over all the steps of some sequences, in nats. */
  double negativeLogLikelihood(List<int[]> sequences) {
    double sum = 0;
    long steps = 0;
    for (int[] sequence : sequences) {
      for (int i = 1; i < sequence.length; i++) {
        sum -= logProbability[sequence[i - 1]][sequence[i]];
        steps++;
      }
    }
    return sum / steps;
  }
}
