package dev.volute.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.volute.VoluteException;
import dev.volute.spi.Backend;
import dev.volute.spi.BackendOptions;
import dev.volute.spi.Backends;
import dev.volute.spi.FoundBackend;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class BenchTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    CommandLine line = Bench.commandLine();
    line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return line.execute(arguments);
  }

  /** Workloads that take a moment on any backend that is built; the large ones are timed only. */
  private static List<Workload> small() {
    return Workloads.ALL.stream()
        .filter(each -> !each.name().matches("(resnet|vgg|mobilenet).*|lstm-large-train"))
        .toList();
  }

  @Test
  void eachWorkloadRunsOnEachBackendThatIsBuilt() {
    for (Workload workload : small()) {
      for (String name : fast()) {
        try (Backend backend = Backends.open(name);
            Run run = workload.open(backend)) {
          double first = run.once();
          double second = run.once();
          String what = workload.name() + " on " + name;
          assertTrue(Double.isFinite(second), what);
          if (workload.task() instanceof Workload.Learn) {
            assertTrue(second < first, what + " does not learn");
          }
        }
      }
    }
  }

  @Test
  void everyNetworkFitsItsSamples() {
    for (Workload workload : Workloads.ALL) {
      assertTrue(
          workload.network().summary(workload.sample().shape()).contains("total"), workload.name());
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
  void aProfileTellsTheOpsOfAStep() {
    for (String name : fast()) {
      assertEquals(
          0,
          run(
              "--workload=lenet-train",
              "--threads=1",
              "--warm=0",
              "--seconds=0",
              "--profile",
              "--backend=" + name),
          err::toString);
      List<String> lines = out.toString().lines().toList();
      assertEquals(ProfiledBackend.HEADER, lines.get(0));
      List<String> filterGradients =
          lines.stream().filter(line -> line.contains("ConvolutionFilterGradient")).toList();
      assertEquals(2, filterGradients.size(), out::toString);
      filterGradients.forEach(
          line -> assertTrue(line.startsWith(name + "\tlenet-train\t1\t"), line));
      filterGradients.forEach(line -> assertEquals("1.0", line.split("\t")[5], line));
      out.getBuffer().setLength(0);
    }
  }

  @Test
  void anAblationTellsWhatEachTechniqueThatIsUsedGains() {
    for (String name : fast()) {
      assertEquals(
          0,
          run(
              "--workload=lenet-train",
              "--threads=1",
              "--warm=0",
              "--seconds=0",
              "--ablate",
              "--backend=" + name),
          err::toString);
      List<String> lines = out.toString().lines().toList();
      assertEquals(Ablation.HEADER, lines.get(0));
      List<String> techniques = lines.stream().skip(1).map(line -> line.split("\t")[3]).toList();
      assertTrue(
          techniques.containsAll(List.of("joint ops", "update and loss kernels", "wide vectors")),
          techniques::toString);
      assertFalse(techniques.contains("recurrent kernels"), techniques::toString);
      for (String line : lines.subList(1, lines.size())) {
        String[] cells = line.split("\t");
        double ratio = Double.parseDouble(cells[5]) / Double.parseDouble(cells[4]);
        assertEquals(Double.parseDouble(cells[6]), ratio, 0.01 * ratio + 0.01, line);
      }
      out.getBuffer().setLength(0);
    }
  }

  @Test
  void withoutATechniqueTheLossIsTheSame() {
    List<Workload> workloads =
        Stream.of("lenet-train", "rnn-tanh-train", "lenet-infer-b1").map(Workloads::named).toList();
    for (String name : fast()) {
      for (Workload workload : workloads) {
        for (Technique technique : Technique.values()) {
          try (Backend backend = Backends.open(name, BackendOptions.threads(1));
              Backend without = technique.without(name, BackendOptions.threads(1));
              Run run = workload.open(backend);
              Run other = workload.open(without)) {
            double expected = run.once();
            assertEquals(
                expected,
                other.once(),
                1e-4 * Math.max(1, Math.abs(expected)),
                workload.name() + " on " + name + " without " + technique);
          }
        }
      }
    }
  }

  @Test
  void unknownNamesAreErrorsInOneLine() {
    assertNotEquals(0, run("--workload=lenet"));
    assertTrue(err.toString().contains("lenet-train, resnet20-train"), err::toString);
    assertNotEquals(0, run("--backend=abacus", "--threads=1"));
    assertTrue(err.toString().contains("abacus"), err::toString);
  }

  @Test
  void peersAreDividedByOurs(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("peers.tsv");
    Files.writeString(
        file, "slow\tlenet-train\t1\tms/step\t~30.0\t24.0\nslow\tlenet-train\t2\tms/step\t1\t1\n");
    Timing ours = new Timing("java", "lenet-train", 1, 20, 16);
    assertEquals(
        List.of("java\tlenet-train\t1\tslow\t1.50\t1.50"), PeerTable.read(file).against(ours));
    assertEquals(ours.line(), "java\tlenet-train\t1\tms/step\t20.000\t16.000");

    Files.writeString(file, "slow\tlenet-train\t1\n");
    String message = assertThrows(VoluteException.class, () -> PeerTable.read(file)).getMessage();
    assertTrue(message.contains("peers.tsv, line 1"), message);
    assertNotEquals(0, run("--workload=lenet-train", "--compare=" + folder.resolve("none")));
    assertTrue(err.toString().contains("none"), err::toString);
  }
}
