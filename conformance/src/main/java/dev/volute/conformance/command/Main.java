package dev.volute.conformance.command;

import dev.volute.VoluteException;
import dev.volute.conformance.ConformanceKit;
import dev.volute.conformance.report.HtmlReport;
import dev.volute.conformance.report.JsonReport;
import dev.volute.conformance.report.Outcome;
import dev.volute.conformance.report.Report;
import dev.volute.conformance.report.RulesPage;
import dev.volute.conformance.rule.Check;
import dev.volute.conformance.rule.Level;
import dev.volute.conformance.rule.Subject;
import dev.volute.spi.Backends;
import dev.volute.spi.FoundBackend;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
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

  @ArgGroup(multiplicity = "1")
  private Wanted wanted = new Wanted();

  /** What the command does. */
  private static final class Wanted {
    @Option(names = "--backend", paramLabel = "NAME", description = "Checks the backend NAME.")
    private String backend = "";

    @Option(names = "--rules", description = "Prints the rules as a page in Markdown.")
    private boolean rules;
  }

  @Option(
      names = "--jar",
      paramLabel = "FILE",
      description = "The backend's jar and those that it needs; may be repeated.")
  private List<Path> jars = new ArrayList<>();

  @Option(
      names = "--only",
      paramLabel = "ID",
      description = "Only some checks: a family (CONV), a rule (CONV-2) or one check (CONV-2/17).")
  private String only = "";

  @Option(names = "--seed", description = "Seed of the operands; ${DEFAULT-VALUE} if not given.")
  private long seed = ConformanceKit.DEFAULT_SEED;

  @Option(names = "--report", paramLabel = "FILE", description = "Writes the report as a web page.")
  private Optional<Path> page = Optional.empty();

  @Option(names = "--json", paramLabel = "FILE", description = "Writes the report for programs.")
  private Optional<Path> json = Optional.empty();

  public Main() {}

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Main()).execute(arguments));
  }

  @Override
  public Integer call() {
    if (wanted.rules) {
      spec.commandLine().getOut().print(RulesPage.markdown());
      spec.commandLine().getOut().flush();
      return CommandLine.ExitCode.OK;
    }
    List<Check> checks = ConformanceKit.checks(seed, only);
    if (checks.isEmpty()) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "No check has the number " + only);
    }
    try (URLClassLoader loader = loader();
        Subject subject =
            new Subject(options -> Backends.open(wanted.backend, options, loader), this::command)) {
      subject.backend();
      Report report = run(checks, subject, detail(loader));
      if (page.isPresent()) {
        Files.writeString(page.get(), HtmlReport.of(report));
      }
      if (json.isPresent()) {
        Files.writeString(json.get(), JsonReport.of(report));
      }
      return report.passed() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    } catch (VoluteException | IOException e) {
      spec.commandLine().getErr().println(e.getMessage());
      return CommandLine.ExitCode.USAGE;
    }
  }

  /** This run, of one check alone. */
  private String command(Check check) {
    String path = System.getProperty("java.class.path", "");
    boolean one = path.endsWith(".jar") && !path.contains(File.pathSeparator);
    StringBuilder command = new StringBuilder("java ");
    command.append(one ? "-jar " + path : "-cp " + path + " " + Main.class.getName());
    command.append(" --backend ").append(wanted.backend);
    jars.forEach(jar -> command.append(" --jar ").append(jar));
    return command.append(" --only %s --seed %d".formatted(check.id(), check.seed())).toString();
  }

  private String detail(ClassLoader loader) {
    return Backends.found(loader).stream()
        .filter(each -> each.name().equals(wanted.backend))
        .map(FoundBackend::toString)
        .findFirst()
        .orElse(wanted.backend);
  }

  private Report run(List<Check> checks, Subject subject, String detail) {
    PrintWriter out = spec.commandLine().getOut();
    List<Outcome> outcomes = new ArrayList<>();
    Progress progress = new Progress(spec.commandLine().getErr(), checks.size());
    for (Check check : checks) {
      progress.next(check);
      Outcome outcome = Outcome.of(check, subject);
      outcomes.add(outcome);
      if (outcome.status() == Outcome.Status.FAILED || outcome.status() == Outcome.Status.WARNED) {
        out.println(check.id() + " " + outcome.detail());
        out.flush();
      }
    }
    String environment =
        "%s %s, Java %s, %d processors"
            .formatted(
                System.getProperty("os.name"),
                System.getProperty("os.arch"),
                Runtime.version(),
                Runtime.getRuntime().availableProcessors());
    Report report =
        new Report(
            wanted.backend,
            detail,
            environment,
            seed,
            outcomes,
            subject.measurements(),
            subject.observations());
    summarise(out, report);
    return report;
  }

  private static void summarise(PrintWriter out, Report report) {
    for (Report.RuleResult each : report.rules()) {
      if (each.checks() > 0 || each.broken() > 0) {
        out.printf(
            "%-8s %-14s %5d of %5d checks passed%s%n",
            each.broken() == 0 ? "ok" : each.rule().level() == Level.OPTIONAL ? "note" : "BROKEN",
            each.rule().id(),
            each.passed(),
            each.checks(),
            each.notApplicable() == 0 ? "" : ", %d did not apply".formatted(each.notApplicable()));
      }
    }
    for (Outcome.Status status : Outcome.Status.values()) {
      String name = status.name().toLowerCase(Locale.ROOT).replace('_', ' ');
      out.println(name + " " + report.with(status).size());
    }
    out.flush();
  }

  private URLClassLoader loader() throws MalformedURLException {
    URL[] urls = new URL[jars.size()];
    for (int i = 0; i < urls.length; i++) {
      urls[i] = jars.get(i).toUri().toURL();
    }
    return new URLClassLoader(urls, Main.class.getClassLoader());
  }
}
