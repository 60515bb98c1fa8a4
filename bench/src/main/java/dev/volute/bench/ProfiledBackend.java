package dev.volute.bench;

import dev.volute.spi.Backend;
import dev.volute.spi.ForwardingBackend;
import dev.volute.spi.Kernel;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operands;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A backend that notes how long each of its kernels runs, added up for equal calls. */
final class ProfiledBackend extends ForwardingBackend {
  static final String HEADER = "backend\tworkload\tthreads\tms\tshare\truns\top";

  /** Time of all kernels of equal calls. */
  private static final class Spent {
    private long nanoseconds;
    private long runs;
  }

  private final Map<OpCall, Spent> calls = new LinkedHashMap<>();

  ProfiledBackend(Backend backend) {
    super(backend);
  }

  /** Forgets what was noted so far. */
  void restart() {
    calls
        .values()
        .forEach(
            spent -> {
              spent.nanoseconds = 0;
              spent.runs = 0;
            });
  }

  /**
   * Lines under {@link #HEADER}, most time first: milliseconds and runs in each of {@code steps}
   * steps.
   */
  List<String> lines(String workload, int threads, int steps) {
    long total = calls.values().stream().mapToLong(spent -> spent.nanoseconds).sum();
    return calls.entrySet().stream()
        .filter(entry -> entry.getValue().runs > 0)
        .sorted(Comparator.comparingLong(entry -> -entry.getValue().nanoseconds))
        .map(
            entry ->
                String.format(
                    Locale.ROOT,
                    "%s\t%s\t%d\t%.4f\t%.1f%%\t%.1f\t%s",
                    name(),
                    workload,
                    threads,
                    entry.getValue().nanoseconds / 1e6 / steps,
                    100.0 * entry.getValue().nanoseconds / total,
                    (double) entry.getValue().runs / steps,
                    described(entry.getKey())))
        .toList();
  }

  private String described(OpCall call) {
    return call.op()
        + " of "
        + call.signature()
        + algorithm(call).map(algorithm -> " by " + algorithm).orElse("");
  }

  @Override
  public Kernel bind(OpCall call, Operands operands) {
    Kernel kernel = super.bind(call, operands);
    Spent spent = calls.computeIfAbsent(call, each -> new Spent());
    return new Kernel() {
      @Override
      public void run() {
        long before = System.nanoTime();
        kernel.run();
        spent.nanoseconds += System.nanoTime() - before;
        spent.runs++;
      }

      @Override
      public void close() {
        kernel.close();
      }
    };
  }
}
