package dev.volute.bench;

import dev.volute.spi.Backend;
import dev.volute.spi.BackendOptions;
import dev.volute.spi.Backends;
import java.util.List;
import java.util.Locale;

/**
 * How long a workload takes until the JVM has compiled what makes it fast: {@code bench/warmup}
 * starts a process for each, on one thread.
 *
 * @param first milliseconds of the first step
 * @param seconds from the first step's start to where steps reach the final speed
 * @param last milliseconds of a step at the end: the median of the last quarter of the time
 */
record TimeToSpeed(double first, double seconds, double last) {
  /** Steps this much slower than the last still count as fast. */
  private static final double NEAR = 1.2;

  /** Steps whose median is as fast too: one may be so by chance. */
  private static final int AROUND = 5;

  /**
   * Prints with tabs between: backend, workload, threads, 's', seconds to full speed, milliseconds
   * of the first step and of the last ones.
   *
   * @param arguments names of a backend and a workload, and for how many seconds to run it
   */
  public static void main(String[] arguments) {
    Workload workload = Workloads.named(arguments[1]);
    try (Backend backend = Backends.open(arguments[0], BackendOptions.threads(1));
        Run run = workload.open(backend)) {
      TimeToSpeed time = of(run.runFor(Double.parseDouble(arguments[2])));
      System.out.printf(
          Locale.ROOT,
          "%s\t%s\t1\ts\t%.1f\t%.3f\t%.3f%n",
          backend.name(),
          workload.name(),
          time.seconds,
          time.first,
          time.last);
    }
  }

  /**
   * @param steps milliseconds of all steps, in order; one at least
   */
  static TimeToSpeed of(List<Double> steps) {
    double all = steps.stream().mapToDouble(Double::doubleValue).sum();
    int tail = steps.size();
    for (double behind = 0; tail > 1 && behind < all / 4; tail--) {
      behind += steps.get(tail - 1);
    }
    double last = median(steps.subList(Math.min(tail, steps.size() - 1), steps.size()));
    double begun = 0;
    for (int i = 0; i < steps.size(); i++) {
      List<Double> next = steps.subList(i, Math.min(i + AROUND, steps.size()));
      if (Math.max(steps.get(i), median(next)) <= NEAR * last) {
        break;
      }
      begun += steps.get(i);
    }
    return new TimeToSpeed(steps.get(0), begun / 1000, last);
  }

  private static double median(List<Double> times) {
    return times.stream().sorted().skip(times.size() / 2).findFirst().orElseThrow();
  }
}
