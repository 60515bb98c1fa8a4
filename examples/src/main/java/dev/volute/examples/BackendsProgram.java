package dev.volute.examples;

import dev.volute.spi.Backends;
import dev.volute.spi.FoundBackend;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints which backends were found, which of them can run here, and why the others cannot. */
@Command(
    name = "backends",
    description = "Lists the backends found, whether each is usable here, and why not.")
final class BackendsProgram implements Runnable {
  @Spec private CommandSpec spec;

  BackendsProgram() {}

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    List<FoundBackend> found = Backends.found();
    if (found.isEmpty()) {
      out.println("No backend was found on the class path.");
    }
    int width = found.stream().mapToInt(each -> each.name().length()).max().orElse(0);
    for (FoundBackend each : found) {
      String name = each.name() + " ".repeat(width - each.name().length());
      String state = each.usable() ? "usable  " : "unusable";
      out.println("%s  %s  priority %d  %s".formatted(name, state, each.priority(), each.detail()));
      out.println(" ".repeat(width + 2) + each.provider());
    }
    out.flush();
  }
}
