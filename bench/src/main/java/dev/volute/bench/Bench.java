package dev.volute.bench;

import dev.volute.VoluteException;
import dev.volute.spi.Backend;
import dev.volute.spi.BackendOptions;
import dev.volute.spi.Backends;
import dev.volute.spi.FoundBackend;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Times training steps and predictions and prints a table with tabs between its columns. */
@Command(
    name = "bench/run",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Times training steps and predictions on synthetic data and prints, with tabs between,",
      "backend, workload, threads, 'ms/step', and the median and least time of a step."
    })
final class Bench implements Callable<Integer> {
  @Option(
      names = "--workload",
      split = ",",
      paramLabel = "NAME",
      description =
          "workloads by name; by default lenet-train and lstm-charlm-train. 'all' stands for all")
  private List<String> workloads = List.of("lenet-train", "lstm-charlm-train");

  @Option(
      names = "--backend",
      split = ",",
      paramLabel = "NAME",
      description = "backends by name; by default all that are usable")
  private List<String> backends = new ArrayList<>();

  @Option(
      names = "--threads",
      split = ",",
      paramLabel = "N",
      defaultValue = "1,2",
      description = "numbers of threads (default: ${DEFAULT-VALUE})")
  private List<Integer> threads = new ArrayList<>();

  @Option(
      names = "--warm",
      paramLabel = "S",
      defaultValue = "3",
      description = "seconds of steps that do not count, before each (default: ${DEFAULT-VALUE})")
  private double warm;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "5",
      description = "seconds of steps that count (default: ${DEFAULT-VALUE})")
  private double seconds;

  @Option(
      names = "--compare",
      paramLabel = "FILE",
      description = {
        "lines like this program's, of other systems; printed are their times divided by ours"
      })
  private Optional<Path> compare = Optional.empty();

  @Option(
      names = "--profile",
      description = {
        "print instead which ops the time of a step goes to: milliseconds, share, runs a step,",
        "and the op with its attributes and the types of its inputs, most time first"
      })
  private boolean profile;

  @Option(
      names = "--ablate",
      description = {
        "print instead how long steps take without each technique that a workload uses, in turn,",
        "and how many times longer that is"
      })
  private boolean ablate;

  @Spec private CommandSpec spec;

  private Bench() {}

  /**
   * @param arguments see {@code bench/run --help}
   */
  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Bench())
        .setExecutionExceptionHandler(
            (problem, line, parsed) -> {
              if (problem instanceof VoluteException
                  || problem instanceof IllegalArgumentException) {
                line.getErr().println("error: " + problem.getMessage());
                return 1;
              }
              throw problem;
            });
  }

  @Override
  public Integer call() {
    List<Workload> chosen =
        workloads.equals(List.of("all"))
            ? Workloads.ALL
            : workloads.stream().map(Workloads::named).toList();
    List<String> names = backends.isEmpty() ? usable() : backends;
    PrintWriter out = spec.commandLine().getOut();
    Optional<PeerTable> peers = compare.map(PeerTable::read);
    out.println(ablate ? Ablation.HEADER : profile ? ProfiledBackend.HEADER : Timing.HEADER);
    List<Timing> all = new ArrayList<>();
    for (Workload workload : chosen) {
      for (int count : threads) {
        for (String name : names) {
          if (ablate) {
            ablate(workload, name, count, out);
            continue;
          }
          if (profile) {
            profile(workload, name, count).forEach(out::println);
            out.flush();
            continue;
          }
          List<Double> times = times(workload, name, count);
          Timing timing =
              new Timing(name, workload.name(), count, times.get(times.size() / 2), times.get(0));
          out.println(timing.line());
          out.flush();
          all.add(timing);
        }
      }
    }
    peers.ifPresent(
        table -> {
          out.println(PeerTable.HEADER);
          all.forEach(timing -> table.against(timing).forEach(out::println));
          out.flush();
        });
    return 0;
  }

  private static List<String> usable() {
    return Backends.found().stream().filter(FoundBackend::usable).map(FoundBackend::name).toList();
  }

  /** Milliseconds of each step that counts, least first. */
  private List<Double> times(Workload workload, String name, int count) {
    try (Backend backend = Backends.open(name, BackendOptions.threads(count));
        Run run = workload.open(backend)) {
      run.runFor(warm);
      List<Double> times = run.runFor(seconds);
      Collections.sort(times);
      return times;
    }
  }

  private void ablate(Workload workload, String name, int count, PrintWriter out) {
    for (Technique technique : Technique.values()) {
      Ablation.of(technique, workload, name, BackendOptions.threads(count), warm, seconds)
          .ifPresent(ablation -> out.println(ablation.line(name, workload.name(), count)));
      out.flush();
    }
  }

  private List<String> profile(Workload workload, String name, int count) {
    try (ProfiledBackend backend =
            new ProfiledBackend(Backends.open(name, BackendOptions.threads(count)));
        Run run = workload.open(backend)) {
      run.runFor(warm);
      backend.restart();
      int steps = run.runFor(seconds).size();
      return backend.lines(workload.name(), count, steps);
    }
  }
}
