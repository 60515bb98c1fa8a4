package dev.volute.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.volute.conformance.broken.BrokenProvider;
import dev.volute.conformance.rule.Violation;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backend that appears on the class path is checked, and its failures say how to meet them. */
class FoundBackendsConformanceTest {
  private final ClassLoader before = Thread.currentThread().getContextClassLoader();
  @TempDir private Path folder;

  @BeforeEach
  void onlyTwoRules() throws IOException {
    BrokenProvider.register(folder);
    Thread.currentThread()
        .setContextClassLoader(new URLClassLoader(new URL[] {folder.toUri().toURL()}, before));
    System.setProperty("volute.conformance.only", "MATMUL-3/5");
    System.setProperty("volute.conformance.seed", "7");
  }

  @AfterEach
  void asItWas() {
    System.clearProperty("volute.conformance.only");
    System.clearProperty("volute.conformance.seed");
    Thread.currentThread().setContextClassLoader(before);
  }

  private static Stream<DynamicTest> tests(DynamicNode node) {
    return node instanceof DynamicContainer container
        ? container.getChildren().flatMap(each -> tests(each))
        : Stream.of((DynamicTest) node);
  }

  @Test
  void runsEveryBackendButTheKitsOwn() {
    FoundBackendsConformance conformance = new FoundBackendsConformance();
    List<DynamicContainer> backends = conformance.backends().toList();
    assertEquals(
        List.of(BrokenProvider.NAME),
        backends.stream().map(DynamicContainer::getDisplayName).toList());
    List<DynamicTest> tests = tests(backends.get(0)).toList();
    assertEquals(1, tests.size());
    String failure =
        assertThrows(Violation.class, () -> tests.get(0).getExecutable().execute()).getMessage();
    assertTrue(failure.startsWith("MATMUL-3 is broken: "), failure);
    assertTrue(
        failure.endsWith(
            "again: mvn test -Dtest=FoundBackendsConformance"
                + " -Dvolute.conformance.only=MATMUL-3/5 -Dvolute.conformance.seed=7"),
        failure);
    conformance.close();
  }
}
