package dev.volute.examples;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints how large the jars are that a program with Volute needs, beside those of others. */
@Command(
    name = "size",
    description = {
      "Lists the sizes of the jars that each backend needs, beside those of other systems,",
      "in MB of 10^6 bytes, for one platform. Those of others are of 2026-11-23."
    })
final class SizeProgram implements Runnable {
  private static final String LINE = "%6s  %s%n";
  private static final String PEERS = "peer-sizes.tsv";

  @Spec private CommandSpec spec;

  SizeProgram() {}

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    out.printf(LINE, "MB", "");
    for (JarGroup group : JarGroup.on(System.getProperty("java.class.path"))) {
      out.printf(LINE, String.format(Locale.ROOT, "%.2f", group.size()), "Volute, " + group.name());
      group.parts().forEach(part -> out.printf("%10s%s%n", "", part));
    }
    for (String line : peers()) {
      String[] fields = line.split("\t");
      out.printf(LINE, fields[0], fields[1]);
    }
    out.flush();
  }

  private static List<String> peers() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(SizeProgram.class.getResourceAsStream(PEERS)),
                StandardCharsets.UTF_8))) {
      return lines.lines().filter(line -> !line.startsWith("#")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
