package dev.volute.data;

import dev.volute.VoluteException;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * Sequences of unequal length for language modelling: each step's target is the id that follows it.
 * A batch is as long as its longest sequence, rounded up to a multiple of {@code bucket} so that
 * few different shapes occur; the other sequences are filled up with a padding id, and the targets
 * there are {@link #IGNORED}.
 *
 * <p>A sequence of n ids gives n-1 steps. A batch has inputs I32 [batch, time] and targets I32
 * [batch, time].
 */
public final class PaddedSequences implements Dataset {
  /** The target of a step that counts for nothing: neither loss nor gradient. */
  public static final int IGNORED = -1;

  private final List<int[]> sequences;
  private final int padding;
  private final int bucket;

  private PaddedSequences(List<int[]> sequences, int padding, int bucket) {
    this.sequences = sequences;
    this.padding = padding;
    this.bucket = bucket;
  }

  /**
   * Sequences, each of at least two ids: an input and its target.
   *
   * @param padding the id that fills up short inputs; any id of the vocabulary will do
   * @param bucket lengths of batches are multiples of this
   * @throws VoluteException if a sequence is too short or the bucket is below 1
   */
  public static PaddedSequences of(List<int[]> sequences, int padding, int bucket) {
    if (bucket < 1) {
      throw new VoluteException("Bucket " + bucket + " is too small; it starts at 1");
    }
    for (int i = 0; i < sequences.size(); i++) {
      if (sequences.get(i).length < 2) {
        throw new VoluteException(
            "Sequence %d has %d ids; it needs at least 2, an input and its target"
                .formatted(i, sequences.get(i).length));
      }
    }
    return new PaddedSequences(sequences.stream().map(int[]::clone).toList(), padding, bucket);
  }

  @Override
  public int size() {
    return sequences.size();
  }

  /** Steps of all the sequences together, without padding: the number of targets that count. */
  public long steps() {
    return sequences.stream().mapToLong(ids -> ids.length - 1L).sum();
  }

  @Override
  public Batch batch(int... samples) {
    SampleNumbers.require(samples, size());
    int longest = 0;
    for (int number : samples) {
      longest = Math.max(longest, sequences.get(number).length - 1);
    }
    int time = (longest + bucket - 1) / bucket * bucket;
    int[] inputs = new int[samples.length * time];
    int[] targets = new int[inputs.length];
    Arrays.fill(inputs, padding);
    Arrays.fill(targets, IGNORED);
    for (int row = 0; row < samples.length; row++) {
      int[] ids = sequences.get(samples[row]);
      System.arraycopy(ids, 0, inputs, row * time, ids.length - 1);
      System.arraycopy(ids, 1, targets, row * time, ids.length - 1);
    }
    Shape shape = Shape.of(samples.length, time);
    return new Batch(Tensor.of(shape, inputs), Tensor.of(shape, targets));
  }
}
