package dev.volute.train;

import dev.volute.graph.Value;

/**
 * What a {@link Measure} finds in one batch; over many batches both are added up, and the quotient
 * is the measure's value.
 *
 * @param sum scalar F32, over all that counts
 * @param count scalar F32, how many there were
 */
public record Tally(Value sum, Value count) {
  /** The mean over the batch; 0 if nothing counts. */
  Value mean() {
    return sum.divide(count.maximum(count.filled(count.shape(), 1)));
  }
}
