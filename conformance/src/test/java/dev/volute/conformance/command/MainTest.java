package dev.volute.conformance.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.volute.conformance.broken.BrokenProvider;
import dev.volute.conformance.report.RulesPage;
import dev.volute.conformance.rule.Rule;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class MainTest {
  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter complaints = new StringWriter();

  private int run(String... arguments) {
    return new CommandLine(new Main())
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(complaints, true))
        .execute(arguments);
  }

  @Test
  void checksABackendAndWritesReports() throws IOException {
    Path page = folder.resolve("report.html");
    Path json = folder.resolve("report.json");
    int status =
        run(
            "--backend",
            "reference",
            "--only",
            "MATMUL-1",
            "--report",
            page.toString(),
            "--json",
            json.toString());
    assertEquals(0, status, complaints.toString());
    assertTrue(out.toString().contains("MATMUL-1"), out.toString());
    assertTrue(Files.readString(page).contains("All required rules are kept"));
    assertTrue(Files.readString(page).contains("MatMul"));
    String text = Files.readString(json);
    assertTrue(text.contains("\"passed\": true") && text.contains("\"op\": \"MatMul\""), text);
  }

  @Test
  void runsOneCheckAlone() {
    assertEquals(0, run("--backend", "reference", "--only", "MEM-6/1", "--seed", "7"));
    assertTrue(out.toString().contains("1 of     1 checks passed"), out.toString());
  }

  @Test
  void tellsABrokenRuleAndACommandThatMeetsItAgain() throws IOException {
    BrokenProvider.register(folder);
    Path page = folder.resolve("report.html");
    assertEquals(
        1,
        run(
            "--backend",
            BrokenProvider.NAME,
            "--jar",
            folder.toString(),
            "--only",
            "MATMUL-1",
            "--seed",
            "3",
            "--report",
            page.toString()));
    String all = out.toString();
    assertTrue(all.contains("BROKEN   MATMUL-1"), all);
    assertTrue(Files.readString(page).contains("Required rules are broken: 1"));
    Matcher first =
        Pattern.compile(
                "^MATMUL-1/(\\d+) MATMUL-1 is broken: .+\n"
                    + "(MatMul\\[.+] on .+ to .+, seed \\d+\n"
                    + "output 0: .+ worst is element \\[.+]: expected .+, got .+, allowed error .+\n)"
                    + "again: java .+ dev.volute.conformance.command.Main (.+)$",
                Pattern.MULTILINE)
            .matcher(all);
    assertTrue(first.find(), all);
    assertTrue(first.group(3).endsWith("--only MATMUL-1/" + first.group(1) + " --seed 3"));
    out.getBuffer().setLength(0);
    assertEquals(1, run(first.group(3).split(" ")));
    assertTrue(out.toString().contains(first.group(2)), out.toString());
    assertTrue(out.toString().contains("failed 1\n"), out.toString());
  }

  @Test
  void tellsABackendThatIsNotThereAndChecksThatAreNot() {
    assertEquals(2, run("--backend", "absent", "--only", "MEM"));
    assertTrue(complaints.toString().contains("reference"), complaints.toString());
    assertEquals(2, run("--backend", "reference", "--only", "NONE-1"));
    assertEquals(2, run("--only", "MEM-1"));
  }

  @Test
  void theRulesPageIsUpToDate() throws IOException {
    assertEquals(0, run("--rules"));
    assertEquals(RulesPage.markdown(), out.toString());
    assertEquals(
        RulesPage.markdown(),
        Files.readString(Path.of("../docs/rules.md")),
        "docs/rules.md is to be written again: java -jar volute-conformance-...-all.jar --rules");
    for (Rule rule : Rule.values()) {
      assertTrue(out.toString().contains("| " + rule.id() + " |"), rule.id());
    }
  }
}
