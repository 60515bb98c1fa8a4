package dev.volute.bench;

import dev.volute.spi.Backend;
import dev.volute.spi.Kernel;
import dev.volute.spi.Memory;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operands;
import dev.volute.spi.Scratch;
import dev.volute.tensor.DType;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A backend that notes how long each of its kernels runs, added up for equal calls. */
final class ProfiledBackend implements Backend {
  static final String HEADER = "backend\tworkload\tthreads\tms\tshare\truns\top";

  /** Time of all kernels of equal calls. */
  private static final class Spent {
    private long nanoseconds;
    private long runs;
  }

  private final Backend backend;
  private final Map<OpCall, Spent> calls = new LinkedHashMap<>();

  ProfiledBackend(Backend backend) {
    this.backend = backend;
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
        + call.inputs().stream().map(Object::toString).collect(Collectors.joining(", "))
        + algorithm(call).map(algorithm -> " by " + algorithm).orElse("");
  }

  @Override
  public String name() {
    return backend.name();
  }

  @Override
  public Memory allocate(DType dtype, long elements) {
    return backend.allocate(dtype, elements);
  }

  @Override
  public long maximumElements(DType dtype) {
    return backend.maximumElements(dtype);
  }

  @Override
  public boolean claims(OpCall call) {
    return backend.claims(call);
  }

  @Override
  public Optional<String> algorithm(OpCall call) {
    return backend.algorithm(call);
  }

  @Override
  public boolean takesChannelsLast(OpCall call, int input) {
    return backend.takesChannelsLast(call, input);
  }

  @Override
  public boolean givesChannelsLast(OpCall call, int output) {
    return backend.givesChannelsLast(call, output);
  }

  @Override
  public Scratch scratch(OpCall call) {
    return backend.scratch(call);
  }

  @Override
  public Kernel bind(OpCall call, Operands operands) {
    Kernel kernel = backend.bind(call, operands);
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

  @Override
  public void close() {
    backend.close();
  }
}
