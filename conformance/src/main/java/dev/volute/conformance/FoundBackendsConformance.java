package dev.volute.conformance;

import dev.volute.conformance.asserting.AssertingProvider;
import dev.volute.conformance.reference.ReferenceBackend;
import dev.volute.conformance.rule.Subject;
import dev.volute.spi.Backends;
import dev.volute.spi.FoundBackend;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * The checks of {@link BackendConformance} for every usable backend whose provider is found on the
 * class path or the module path, but for the kit's own.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public class FoundBackendsConformance {
  private static final List<String> OWN = List.of(ReferenceBackend.NAME, AssertingProvider.NAME);

  private final List<Subject> subjects = new ArrayList<>();

  /** For JUnit. */
  public FoundBackendsConformance() {}

  @TestFactory
  Stream<DynamicContainer> backends() {
    return Backends.found().stream()
        .filter(found -> found.usable() && !OWN.contains(found.name()))
        .map(found -> DynamicContainer.dynamicContainer(found.name(), rules(found)));
  }

  private Stream<DynamicContainer> rules(FoundBackend found) {
    Subject subject =
        new Subject(options -> Backends.open(found.name(), options), RuleTests.again(getClass()));
    subjects.add(subject);
    return RuleTests.of(subject);
  }

  @AfterAll
  void close() {
    subjects.forEach(Subject::close);
  }
}
