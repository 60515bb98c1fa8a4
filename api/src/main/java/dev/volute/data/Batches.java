package dev.volute.data;

import dev.volute.VoluteException;
import dev.volute.random.Philox;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * One pass over a data set in batches. Every sample comes once; the last batch holds what remains,
 * and may be left out with {@link #dropPartial()}. May be iterated any number of times, always with
 * the same batches.
 */
public final class Batches implements Iterable<Batch> {
  private static final int SHUFFLE_STREAM = Philox.stream("shuffle");

  private final Dataset data;
  private final int batchSize;
  private final int[] order;
  private final boolean partial;

  private Batches(Dataset data, int batchSize, int[] order, boolean partial) {
    this.data = data;
    this.batchSize = batchSize;
    this.order = order;
    this.partial = partial;
  }

  /**
   * The samples in their own order.
   *
   * @throws VoluteException if the batch size is below 1
   */
  public static Batches inOrder(Dataset data, int batchSize) {
    requirePositive(batchSize);
    int[] order = new int[data.size()];
    Arrays.setAll(order, i -> i);
    return new Batches(data, batchSize, order, true);
  }

  /**
   * The samples in an order that depends on seed, epoch and number of samples alone: {@link
   * Philox#permutation} of the stream "shuffle" at step {@code epoch}.
   *
   * @throws VoluteException if the batch size is below 1
   */
  public static Batches shuffled(Dataset data, int batchSize, long seed, int epoch) {
    requirePositive(batchSize);
    int[] order = new Philox(seed, SHUFFLE_STREAM, epoch).permutation(data.size());
    return new Batches(data, batchSize, order, true);
  }

  /** The same pass without a last batch that is smaller than the others. */
  public Batches dropPartial() {
    return new Batches(data, batchSize, order, false);
  }

  /** Number of batches. */
  public int count() {
    return order.length / batchSize + (partial && order.length % batchSize != 0 ? 1 : 0);
  }

  /**
   * Batch {@code index} of the pass.
   *
   * @param index in 0 .. count-1
   */
  public Batch get(int index) {
    if (index < 0 || index >= count()) {
      throw new VoluteException("Batch " + index + " is not in a pass of " + count());
    }
    int from = index * batchSize;
    int to = Math.min(order.length, from + batchSize);
    return data.batch(Arrays.copyOfRange(order, from, to));
  }

  @Override
  public Iterator<Batch> iterator() {
    return new Iterator<>() {
      private int next;

      @Override
      public boolean hasNext() {
        return next < count();
      }

      @Override
      public Batch next() {
        if (!hasNext()) {
          throw new NoSuchElementException("the pass has " + count() + " batches");
        }
        return get(next++);
      }
    };
  }

  private static void requirePositive(int batchSize) {
    if (batchSize < 1) {
      throw new VoluteException("Batch size " + batchSize + " is too small; it starts at 1");
    }
  }
}
