package dev.volute.examples;

import dev.volute.VoluteException;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;

/**
 * The entry of all programs. What a user can mend is told in one line without a stack trace; the
 * exit status is 0 for success, 1 for an error, 2 for a command line that makes no sense.
 */
@Command(
    name = "examples/run",
    subcommands = {
      BackendsProgram.class,
      CnnProgram.class,
      NamesProgram.class,
      SizeProgram.class,
      SunspotsProgram.class
    },
    description = "Trains small networks on real data.",
    synopsisSubcommandLabel = "PROGRAM",
    commandListHeading = "%nPrograms:%n",
    footer = "%nexamples/run PROGRAM --help tells the options of a program.")
public final class Examples implements Runnable {
  private static final int FAILURE = 1;
  private static final int BAD_USAGE = 2;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this help and exit.")
  private boolean help;

  @Option(
      names = "--stacktrace",
      scope = ScopeType.INHERIT,
      description = "After an error, show where in the code it was met.")
  private boolean stackTrace;

  @picocli.CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  Examples() {}

  public static void main(String[] arguments) {
    PrintWriter out = new PrintWriter(System.out, true);
    PrintWriter err = new PrintWriter(System.err, true);
    int status = run(out, err, arguments);
    out.flush();
    err.flush();
    System.exit(status);
  }

  /** Runs a program and returns its exit status. */
  static int run(PrintWriter out, PrintWriter err, String... arguments) {
    Examples examples = new Examples();
    CommandLine line = new CommandLine(examples);
    line.setOut(out).setErr(err);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setParameterExceptionHandler(
        (error, all) -> {
          String command = error.getCommandLine().getCommandSpec().qualifiedName(" ");
          examples.tell(err, "%s (see %s --help)".formatted(error.getMessage(), command), error);
          return BAD_USAGE;
        });
    line.setExecutionExceptionHandler(
        (error, command, result) -> {
          examples.tell(err, explain(error), error);
          return FAILURE;
        });
    try {
      return line.execute(arguments);
    } catch (OutOfMemoryError error) {
      examples.tell(
          err,
          "out of Java heap, which is limited to %d MiB: take a smaller --batch, or allow more with -Xmx in JAVA_TOOL_OPTIONS"
              .formatted(Runtime.getRuntime().maxMemory() >> 20),
          error);
      return FAILURE;
    }
  }

  private static String explain(Exception error) {
    return error instanceof VoluteException
        ? String.valueOf(error.getMessage())
        : "defect in the program: " + error + " (--stacktrace shows where)";
  }

  private void tell(PrintWriter err, String message, Throwable error) {
    err.println("error: " + message);
    if (stackTrace) {
      error.printStackTrace(err);
    }
    err.flush();
  }

  /** Without a program there is nothing to do. */
  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "name a program: " + String.join(", ", spec.subcommands().keySet()));
  }
}
