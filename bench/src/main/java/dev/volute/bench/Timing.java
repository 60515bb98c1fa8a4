package dev.volute.bench;

import java.util.Locale;

/**
 * How long a step took, in milliseconds.
 *
 * @param runner a backend of ours, or another system
 */
record Timing(String runner, String workload, int threads, double median, double least) {
  static final String HEADER = "backend\tworkload\tthreads\tmetric\tmedian\tmin";

  static final String METRIC = "ms/step";

  /** A line under {@link #HEADER}. */
  String line() {
    return String.format(
        Locale.ROOT,
        "%s\t%s\t%d\t%s\t%.3f\t%.3f",
        runner,
        workload,
        threads,
        METRIC,
        median,
        least);
  }

  boolean isOfTheSameWorkAs(Timing other) {
    return workload.equals(other.workload) && threads == other.threads;
  }
}
