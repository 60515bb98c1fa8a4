package dev.volute.nn;

import dev.volute.VoluteException;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How something that runs again and again came to its full speed. The JVM interprets code first and
 * compiles what runs often, in several stages: a program's first runs may take a hundred times as
 * long as later ones.
 *
 * @param runs how many runs were made
 * @param duration what they took together
 * @param run least time of a run in the end
 * @param settled whether runs had stopped getting faster; false if the limit came first
 */
public record WarmUp(long runs, Duration duration, Duration run, boolean settled) {
  /** Runs are compared in groups of at least so many, which take at least {@link #NANOS}. */
  private static final int RUNS = 10;

  private static final long NANOS = 200_000_000;

  /** Groups in a row without a faster run: between the stages there are pauses. */
  private static final int QUIET = 3;

  /** A run is faster if it takes less than this part of the least time before. */
  private static final double FASTER = 0.95;

  /**
   * Runs something until it gets no faster: until the least time of a run has fallen by less than 5
   * % while three groups of at least ten runs and a fifth of a second went by.
   *
   * @param limit after which no further run begins, above 0
   */
  public static WarmUp of(Runnable run, Duration limit) {
    return of(run, limit, System::nanoTime);
  }

  static WarmUp of(Runnable run, Duration limit, LongSupplier clock) {
    if (limit.isZero() || limit.isNegative()) {
      throw new VoluteException("A warm-up takes a time above 0, not " + limit);
    }
    long begun = clock.getAsLong();
    long now = begun;
    long runs = 0;
    long least = Long.MAX_VALUE;
    long known = Long.MAX_VALUE;
    int quiet = 0;
    long groupBegun = begun;
    long groupRuns = 0;
    while (quiet < QUIET && now - begun < limit.toNanos()) {
      run.run();
      long after = clock.getAsLong();
      least = Math.min(least, after - now);
      now = after;
      runs++;
      groupRuns++;
      if (groupRuns >= RUNS && now - groupBegun >= NANOS) {
        quiet = least < FASTER * known ? 0 : quiet + 1;
        known = quiet == 0 ? least : known;
        groupBegun = now;
        groupRuns = 0;
      }
    }
    return new WarmUp(runs, Duration.ofNanos(now - begun), Duration.ofNanos(least), quiet == QUIET);
  }
}
