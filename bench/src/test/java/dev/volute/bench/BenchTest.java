package dev.volute.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.volute.spi.Backend;
import dev.volute.spi.Backends;
import dev.volute.spi.FoundBackend;
import dev.volute.tensor.TensorType;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class BenchTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    CommandLine line = Bench.commandLine();
    line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return line.execute(arguments);
  }

  /** The workload with little of everything. */
  private static Workload small(Workload workload) {
    boolean sequence = workload.labels() > 1;
    return new Workload(
        workload.name(),
        workload.network(),
        sequence ? TensorType.i32(2) : workload.sample(),
        1,
        sequence ? 2 : 1,
        workload.classes(),
        workload.clip());
  }

  @Test
  void eachWorkloadTrainsOnEachBackendThatIsBuilt() {
    for (Workload workload : Workload.ALL) {
      for (String name : fast()) {
        try (Backend backend = Backends.open(name);
            TrainingStep step = new TrainingStep(small(workload), backend)) {
          double first = step.run();
          String what = workload.name() + " on " + name;
          assertEquals(Math.log(workload.classes()), first, 1.5, what);
          assertTrue(step.run() < first, what + " does not learn");
        }
      }
    }
  }

  private static List<String> fast() {
    return Backends.found().stream()
        .filter(each -> each.usable() && each.priority() > 0)
        .map(FoundBackend::name)
        .toList();
  }

  @Test
  void theTableHasALineForEachBackendThatIsBuilt() {
    List<String> expected = new ArrayList<>(List.of("backend\tworkload\tthreads"));
    List<String> names = fast();
    names.forEach(name -> expected.add(name + "\tlenet-train\t1"));
    int exit =
        names.isEmpty()
            ? 0
            : run(
                "--workload=lenet-train",
                "--threads=1",
                "--warm=0",
                "--seconds=0",
                "--backend=" + String.join(",", names));
    assertEquals(0, exit, err::toString);
    if (!names.isEmpty()) {
      assertEquals(
          expected,
          out.toString()
              .lines()
              .map(line -> String.join("\t", List.of(line.split("\t")).subList(0, 3)))
              .toList());
    }
  }

  @Test
  void unknownNamesAreErrorsInOneLine() {
    assertNotEquals(0, run("--workload=lenet"));
    assertTrue(err.toString().contains("lenet-train, lstm-charlm-train"), err::toString);
    assertNotEquals(0, run("--backend=abacus", "--threads=1"));
    assertTrue(err.toString().contains("abacus"), err::toString);
  }
}
