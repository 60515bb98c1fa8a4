package dev.volute.conformance.command;

import dev.volute.VoluteException;
import dev.volute.conformance.ConformanceKit;
import dev.volute.conformance.report.Outcome;
import dev.volute.conformance.rule.Check;
import dev.volute.conformance.rule.Subject;
import dev.volute.spi.BackendOptions;
import dev.volute.spi.Backends;
import java.io.PrintWriter;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Checks a backend from the command line. */
@Command(
    name = "volute-conformance",
    mixinStandardHelpOptions = true,
    version = "volute-conformance 0.1.0",
    description =
        "Checks that a backend keeps the contract. Exit status 0: all required rules pass;"
            + " 1: some do not; 2: the backend could not be opened, or the command line is wrong.")
public final class Main implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--backend", required = true, description = "The backend's name.")
  private String backend = "";

  @Option(
      names = "--jar",
      paramLabel = "FILE",
      description = "The backend's jar and those that it needs; may be repeated.")
  private List<Path> jars = new ArrayList<>();

  @Option(
      names = "--only",
      paramLabel = "ID",
      description = "Only the checks whose number starts so, for example CONV or MEM-2.")
  private String only = "";

  @Option(names = "--seed", description = "Seed of the operands; ${DEFAULT-VALUE} if not given.")
  private long seed = ConformanceKit.DEFAULT_SEED;

  public Main() {}

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Main()).execute(arguments));
  }

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    List<Check> checks =
        ConformanceKit.checks(seed).stream().filter(each -> each.id().startsWith(only)).toList();
    if (checks.isEmpty()) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "No check's number starts with " + only);
    }
    try (URLClassLoader loader = loader();
        Subject subject =
            new Subject(
                threads -> Backends.open(backend, BackendOptions.threads(threads), loader))) {
      subject.backend();
      List<Outcome> outcomes = new ArrayList<>();
      for (Check check : checks) {
        Outcome outcome = Outcome.of(check, subject);
        outcomes.add(outcome);
        if (outcome.status() == Outcome.Status.FAILED) {
          out.println(check.id() + " " + outcome.detail());
        }
      }
      return summarise(out, outcomes);
    } catch (VoluteException | java.io.IOException e) {
      spec.commandLine().getErr().println(e.getMessage());
      return CommandLine.ExitCode.USAGE;
    }
  }

  private static int summarise(PrintWriter out, List<Outcome> outcomes) {
    for (Outcome.Status status : Outcome.Status.values()) {
      long count = outcomes.stream().filter(each -> each.status() == status).count();
      out.println(status.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ') + " " + count);
    }
    out.flush();
    boolean failed = outcomes.stream().anyMatch(each -> each.status() == Outcome.Status.FAILED);
    return failed ? 1 : 0;
  }

  private URLClassLoader loader() throws MalformedURLException {
    URL[] urls = new URL[jars.size()];
    for (int i = 0; i < urls.length; i++) {
      urls[i] = jars.get(i).toUri().toURL();
    }
    return new URLClassLoader(urls, Main.class.getClassLoader());
  }
}
