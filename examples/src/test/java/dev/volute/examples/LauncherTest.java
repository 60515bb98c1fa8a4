package dev.volute.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher, in a tree of its own whose {@code java} and {@code mvn} tell how they were called.
 */
class LauncherTest {
  @TempDir Path root;

  private Path bin;

  private String plugins = "";

  @BeforeEach
  void makeTree() throws IOException {
    bin = Files.createDirectories(root.resolve("jdk/bin"));
    Files.createDirectories(root.resolve("examples/src"));
    Files.createFile(root.resolve("pom.xml"));
    Files.createFile(root.resolve("examples/pom.xml"));
    Files.copy(Path.of("jvm.sh").toAbsolutePath(), root.resolve("examples/jvm.sh"));
    Files.copy(
        Path.of("run").toAbsolutePath(),
        root.resolve("examples/run"),
        StandardCopyOption.COPY_ATTRIBUTES);
    java("17", "true");
    script("mvn", "printf 'mvn %s\\n' \"$*\" >>" + root.resolve("builds"));
  }

  @Test
  void passesArgumentsThroughAndKeepsTheExitStatus() throws Exception {
    java(
        "17",
        "until [ $# = 0 ] || [ \"$1\" = -cp ]; do shift; done; shift 2; printf '[%s]' \"$@\"; exit 37");
    Outcome outcome = launch("cnn", "--data", "a folder", "", "*");
    assertEquals(37, outcome.status());
    assertEquals("[dev.volute.examples.Examples][cnn][--data][a folder][][*]", outcome.out());
  }

  @Test
  void leavesOutTheLineOnIncubatorModulesAndNoOther() throws Exception {
    java(
        "17",
        "echo 'WARNING: Using incubator modules: jdk.incubator.vector' >&2;"
            + " echo 'WARNING: something else' >&2; printf 'error: no line end' >&2");
    Outcome outcome = launch("cnn");
    assertTrue(
        outcome.err().endsWith("WARNING: something else\nerror: no line end\n"), outcome.err());
    assertFalse(outcome.err().contains("incubator"), outcome.err());
  }

  @Test
  void givesTheJvmTheVectorModule() throws Exception {
    java("17", "echo \"$@\"");
    assertTrue(launch("cnn").out().startsWith("--add-modules jdk.incubator.vector "));
    java("25", "echo \"$@\"");
    assertTrue(launch("cnn").out().contains(" --enable-native-access=ALL-UNNAMED "));
  }

  @Test
  void pluginsGoOnTheClassPathBehindTheExamples() throws Exception {
    java("17", "printf '[%s]' \"$@\"");
    assertTrue(launch("cnn").out().contains("/examples/target/lib/*]"));
    plugins = "/a folder/*:b.jar";
    assertTrue(launch("cnn").out().contains("/examples/target/lib/*:/a folder/*:b.jar]"));
  }

  @Test
  void buildsOnceAndAgainWhenSourcesAreNewer() throws Exception {
    assertTrue(launch("cnn").err().startsWith("Building the examples"));
    assertEquals(1, builds());
    assertEquals("", launch("cnn").err());
    assertEquals(1, builds());

    Path source = Files.createFile(root.resolve("examples/src/New.java"));
    Instant later = Instant.now().plusSeconds(5);
    Files.setLastModifiedTime(source, FileTime.from(later));
    launch("cnn");
    assertEquals(2, builds());
  }

  @Test
  void aFailedBuildStartsNothing() throws Exception {
    script("mvn", "echo '[ERROR] no luck'; exit 1");
    java("17", "echo started");
    Outcome outcome = launch("cnn");
    assertEquals(1, outcome.status());
    assertEquals("", outcome.out());
    assertTrue(outcome.err().endsWith("[ERROR] no luck\nerror: the build failed; see above\n"));
    launch("cnn");
    assertFalse(Files.exists(root.resolve("examples/target/built")));
  }

  @Test
  void aJavaThatIsTooOldOrMissing() throws Exception {
    java("11", "echo started");
    Outcome old = launch("cnn");
    assertEquals(1, old.status());
    assertEquals(
        "error: " + bin.resolve("java") + " is Java 11; the examples need 17 or newer\n",
        old.err());
    Files.delete(bin.resolve("java"));
    Outcome missing = launch("cnn");
    assertEquals(1, missing.status());
    assertEquals(
        "error: JAVA_HOME is " + root.resolve("jdk") + ", but there is no bin/java in it\n",
        missing.err());
    assertEquals(0, builds());
  }

  private Outcome launch(String... arguments) throws IOException, InterruptedException {
    Path out = root.resolve("out");
    // The launcher's filter of errors may outlive the program by a moment; the pipe waits for it.
    String piped = "\"$@\" 2>&1 >\"$0\" | cat; exit ${PIPESTATUS[0]}";
    List<String> command = new ArrayList<>(List.of("bash", "-c", piped, out.toString()));
    command.add(root.resolve("examples/run").toString());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("JAVA_HOME", root.resolve("jdk").toString());
    builder.environment().merge("PATH", bin.toString(), (path, first) -> first + ":" + path);
    builder.environment().put("VOLUTE_PLUGINS", plugins);
    Process process = builder.start();
    String err = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Outcome(process.waitFor(), Files.readString(out), err);
  }

  private long builds() throws IOException {
    Path log = root.resolve("builds");
    return Files.exists(log) ? Files.readAllLines(log).size() : 0;
  }

  /** A JVM that tells its version when asked, and otherwise runs {@code body}. */
  private void java(String version, String body) throws IOException {
    script(
        "java",
        "case $1 in -XshowSettings:properties) echo '    java.specification.version = "
            + version
            + "' >&2; exit;; esac\n"
            + body);
  }

  private void script(String name, String body) throws IOException {
    Path file = bin.resolve(name);
    Files.write(file, ("#!/usr/bin/env bash\n" + body + "\n").getBytes(StandardCharsets.UTF_8));
    assertTrue(file.toFile().setExecutable(true));
  }
}
