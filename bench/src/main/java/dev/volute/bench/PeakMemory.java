package dev.volute.bench;

import dev.volute.spi.Backend;
import dev.volute.spi.BackendOptions;
import dev.volute.spi.Backends;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * The most memory that this process had while it ran one workload, on one thread: {@code
 * bench/memory} starts one for each.
 */
final class PeakMemory {
  private static final int STEPS = 10;
  private static final double MEBI = 1 << 20;

  private PeakMemory() {}

  /**
   * Prints with tabs between: backend, workload, 'MiB', resident memory, Java heap, and what the
   * plan said.
   *
   * @param arguments names of a backend and a workload
   */
  public static void main(String[] arguments) throws IOException {
    Workload workload = Workloads.named(arguments[1]);
    try (Backend backend = Backends.open(arguments[0], BackendOptions.threads(1));
        Run run = workload.open(backend)) {
      for (int i = 0; i < STEPS; i++) {
        run.once();
      }
      System.out.printf(
          Locale.ROOT,
          "%s\t%s\tMiB\t%.0f\t%.0f\t%.0f%n",
          backend.name(),
          workload.name(),
          resident(Files.readAllLines(Path.of("/proc/self/status"))) / MEBI,
          heap() / MEBI,
          run.plannedBytes() / MEBI);
    }
  }

  /** Bytes, as Linux counts them: the line {@code VmHWM: 1234 kB}. */
  private static double resident(List<String> status) {
    for (String line : status) {
      if (line.startsWith("VmHWM:")) {
        return 1024 * Double.parseDouble(line.split("\\s+")[1]);
      }
    }
    throw new IllegalStateException("Linux does not tell the most resident memory: no VmHWM");
  }

  /** Bytes: the sum of each heap pool's own peak, which not all need have had at once. */
  private static double heap() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .mapToDouble(pool -> pool.getPeakUsage().getUsed())
        .sum();
  }
}
