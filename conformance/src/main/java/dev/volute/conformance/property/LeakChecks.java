package dev.volute.conformance.property;

import dev.volute.conformance.rule.CheckList;
import dev.volute.conformance.rule.Rule;
import dev.volute.conformance.rule.Subject;
import dev.volute.nn.Layers;
import dev.volute.nn.Model;
import dev.volute.nn.Network;
import dev.volute.spi.Backend;
import dev.volute.spi.Memory;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import dev.volute.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Memory that grows from run to run. */
final class LeakChecks {
  /** Repetitions together, in four equal phases of which the first only warms up. */
  private static final int RUNS = 10_000;

  private static final int BINDINGS = 400;
  private static final int ALLOCATIONS = 1_200;
  private static final int PHASES = 4;
  private static final int MOST_PHASES = 10;

  /** Growth of every phase that is taken for a leak. */
  private static final long TOLERATED = 6L << 20;

  private LeakChecks() {}

  static void addTo(CheckList checks) {
    checks.add(Rule.MEM_9, RUNS + " runs of a plan", LeakChecks::runs);
    checks.add(Rule.MEM_9, BINDINGS + " models made, run and closed", LeakChecks::bindings);
    checks.add(Rule.MEM_9, ALLOCATIONS + " allocations closed", LeakChecks::allocations);
  }

  private static void runs(Subject subject) {
    // 3 * 4096 numbers a run: a leak of any one tensor of it is more than is tolerated.
    Network network = Network.of(Layers.relu());
    try (Model model = network.init(Shape.of(4096), subject.backend(), 1)) {
      Tensor batch = Tensor.zeros(TensorType.f32(1, 4096));
      steady(subject, "runs of a plan", RUNS, () -> model.predict(batch));
    }
  }

  private static void bindings(Subject subject) {
    Backend backend = subject.backend();
    Network network = Network.of(Layers.dense(128), Layers.relu(), Layers.dense(128));
    Tensor batch = Tensor.zeros(TensorType.f32(1, 128));
    steady(
        subject,
        "models made, run and closed",
        BINDINGS,
        () -> {
          try (Model model = network.init(Shape.of(128), backend, 1)) {
            model.predict(batch);
          }
        });
  }

  private static void allocations(Subject subject) {
    Backend backend = subject.backend();
    int elements = 1 << 13;
    Tensor zeros = Tensor.zeros(TensorType.f32(elements));
    steady(
        subject,
        "allocations closed",
        ALLOCATIONS,
        () -> {
          try (Memory memory = backend.allocate(DType.F32, elements)) {
            memory.write(0, zeros);
          }
        });
  }

  /**
   * A leak grows on and on; a heap that has not found its size yet stops. So what has grown all the
   * time is given some phases more.
   */
  private static void steady(Subject subject, String what, int times, Runnable run) {
    List<Long> grown = new ArrayList<>();
    Footprint before = Footprint.now();
    boolean steady = false;
    while (grown.size() < PHASES || (!steady && grown.size() < MOST_PHASES)) {
      for (int i = 0; i < times / PHASES; i++) {
        run.run();
      }
      Footprint after = Footprint.now();
      grown.add(after.growthSince(before));
      steady |= grown.size() > 1 && grown.get(grown.size() - 1) <= TOLERATED;
      before = after;
    }
    String found =
        "After each %,d %s the process had grown by so many KiB: %s."
            .formatted(
                times / PHASES,
                what,
                grown.stream()
                    .map(bytes -> "%,d".formatted(bytes / 1024))
                    .collect(Collectors.joining("; ")));
    Answers.require(steady, Rule.MEM_9, found);
    subject.observe(Rule.MEM_9, found);
  }
}
