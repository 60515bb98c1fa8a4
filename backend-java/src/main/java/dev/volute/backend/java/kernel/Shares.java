package dev.volute.backend.java.kernel;

import dev.volute.backend.java.parallel.Workers;
import dev.volute.spi.Kernel;

/** Items in a row, shared out among threads by their sizes alone. */
public final class Shares {
  /** Elements that are worth handing to another thread. */
  private static final int GRAIN = 16384;

  private static final int MAXIMUM_PARTS = 64;

  /** What is done with items {@code from} to {@code to - 1}. */
  @FunctionalInterface
  public interface Range {
    void run(int from, int to);
  }

  private Shares() {}

  /** How many parts the work of so many elements is cut into, {@code most} at most. */
  public static int parts(long elements, long most) {
    long wanted = Math.min(elements / GRAIN, MAXIMUM_PARTS);
    return (int) Math.max(1, Math.min(wanted, most));
  }

  /**
   * A kernel that runs {@code range} over all items in pieces.
   *
   * @param work how many elements each item is the work of
   */
  public static Kernel kernel(Workers workers, int items, long work, Range range) {
    int parts = parts(items * work, items);
    Workers.Part part =
        number ->
            range.run(
                (int) ((long) items * number / parts), (int) ((long) items * (number + 1) / parts));
    return () -> workers.run(parts, part);
  }
}
