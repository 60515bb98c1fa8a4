package dev.volute.bench;

import dev.volute.spi.Backend;
import dev.volute.spi.BackendOptions;
import dev.volute.spi.Backends;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How much longer steps take without one technique: both ways in turns, so that both see the same
 * machine.
 */
record Ablation(Technique technique, double with, double without) {
  static final String HEADER = "backend\tworkload\tthreads\twithout\tms\tms without\tratio";

  /** Turns that the time is divided into. */
  private static final int TURNS = 10;

  /**
   * Times a workload with and without a technique; empty if it makes no use of it.
   *
   * @param name the backend's
   * @param options what it is opened with
   * @param warm seconds of steps that do not count, of each way
   * @param seconds that count, of each way
   */
  static Optional<Ablation> of(
      Technique technique,
      Workload workload,
      String name,
      BackendOptions options,
      double warm,
      double seconds) {
    try (Backend backend = Backends.open(name, options);
        Technique.Ablated ablated = technique.without(name, options);
        Run without = workload.open(ablated)) {
      without.once();
      if (!ablated.missed()) {
        return Optional.empty();
      }
      try (Run with = workload.open(backend)) {
        with.runFor(warm);
        without.runFor(warm);
        List<Double> ours = new ArrayList<>();
        List<Double> others = new ArrayList<>();
        for (int turn = 0; turn < TURNS; turn++) {
          ours.addAll(with.runFor(seconds / TURNS));
          others.addAll(without.runFor(seconds / TURNS));
        }
        return Optional.of(new Ablation(technique, median(ours), median(others)));
      }
    }
  }

  private static double median(List<Double> times) {
    Collections.sort(times);
    return times.get(times.size() / 2);
  }

  /** A line under {@link #HEADER}. */
  String line(String backend, String workload, int threads) {
    return String.format(
        Locale.ROOT,
        "%s\t%s\t%d\t%s\t%.3f\t%.3f\t%.2f",
        backend,
        workload,
        threads,
        technique,
        with,
        without,
        without / with);
  }
}
