package dev.volute.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.volute.VoluteException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JarGroupTest {
  @TempDir Path folder;

  private String classPath(String... files) {
    return Stream.of(files)
        .map(file -> folder.resolve(file).toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  private void jar(String name, int bytes) throws IOException {
    Files.write(folder.resolve(name), new byte[bytes]);
  }

  @Test
  void jarsAreCountedForEachBackendThatNeedsThem() throws IOException {
    jar("volute-api-1.jar", 400_000);
    jar("volute-backend-java-1.jar", 300_000);
    String pure = classPath("classes", "volute-api-1.jar", "volute-backend-java-1.jar");
    List<JarGroup> java = JarGroup.on(pure);
    assertEquals(List.of("backend java"), java.stream().map(JarGroup::name).toList());
    assertEquals(0.7, java.get(0).size(), 1e-9);
    assertEquals(
        List.of("0.40  volute-api-1.jar", "0.30  volute-backend-java-1.jar"), java.get(0).parts());

    jar("volute-backend-native-1.jar", 50_000);
    jar("volute-native-1.jar", 10_000);
    jar("volute-native-1-linux-x86_64.jar", 800_000);
    jar("javacpp-1.jar", 500_000);
    jar("openblas-1-linux-x86_64.jar", 9_000_000);
    List<JarGroup> all =
        JarGroup.on(
            pure
                + File.pathSeparator
                + classPath(
                    "volute-backend-native-1.jar",
                    "volute-native-1.jar",
                    "volute-native-1-linux-x86_64.jar",
                    "javacpp-1.jar",
                    "openblas-1-linux-x86_64.jar"));
    assertEquals(3, all.size());
    assertEquals(1.76, all.get(1).size(), 1e-9);
    assertEquals(10.76, all.get(2).size(), 1e-9);
  }

  @Test
  void withoutJarsThereIsNothingToTell() {
    String message =
        assertThrows(VoluteException.class, () -> JarGroup.on(classPath("api/classes")))
            .getMessage();
    assertTrue(message.contains("examples/run size"), message);
  }

  @Test
  void theJarsStaySmall() {
    String classPath = System.getProperty("java.class.path");
    assumeTrue(classPath.contains("volute-api-"), "the other modules are not packed yet");
    for (JarGroup group : JarGroup.on(classPath)) {
      double limit = group.name().equals("backend java") ? 1 : 40;
      assertTrue(group.size() < limit, group::toString);
    }
  }

  @Test
  void otherSystemsStandBesideIt() {
    assumeTrue(
        System.getProperty("java.class.path").contains("volute-api-"),
        "the other modules are not packed yet");
    Outcome outcome = Outcome.of("size");
    assertEquals(0, outcome.status(), outcome.err());
    assertTrue(outcome.out().contains("  Volute, backend java"), outcome.out());
    assertTrue(outcome.out().contains("TensorFlow Java 1.1"), outcome.out());
  }
}
