package dev.volute.examples;

import dev.volute.random.Philox;

/**
 * Draws ids from a network's logits: {@code p(i)} is proportional to {@code exp(logit(i) /
 * temperature)}. Low temperatures keep to the likeliest, 1 is the network's own opinion, high ones
 * are daring. The draws follow from the seed alone.
 */
final class Sampler {
  private final Philox random;
  private final double temperature;
  private long draws;

  /**
   * @param temperature above 0
   */
  Sampler(long seed, double temperature) {
    this.random = new Philox(seed, Philox.stream("sampling"), 0);
    this.temperature = temperature;
  }

  /**
   * The next id.
   *
   * @param logits one an id
   */
  int next(float[] logits) {
    double highest = Double.NEGATIVE_INFINITY;
    for (float logit : logits) {
      highest = Math.max(highest, logit);
    }
    double[] weights = new double[logits.length];
    double total = 0;
    for (int i = 0; i < logits.length; i++) {
      weights[i] = Math.exp((logits[i] - highest) / temperature);
      total += weights[i];
    }
    double left = random.uniform(draws++) * total;
    int id = 0;
    while (id < logits.length - 1 && left >= weights[id]) {
      left -= weights[id];
      id++;
    }
    return id;
  }
}
