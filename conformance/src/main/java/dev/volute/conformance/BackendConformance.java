package dev.volute.conformance;

import dev.volute.conformance.rule.Subject;
import dev.volute.spi.Backend;
import dev.volute.spi.BackendOptions;
import dev.volute.spi.Backends;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * Extend this class in a backend's tests: if it passes, the backend keeps the contract.
 *
 * <pre>{@code
 * class MyBackendConformanceTest extends BackendConformance {
 *   @Override
 *   protected Backend open() {
 *     return new MyBackend();
 *   }
 * }
 * }</pre>
 *
 * <p>There is one container for each rule and one test for each check. Where the backend breaks an
 * optional rule, or does not claim what a check needs, the test is aborted with the reason.
 *
 * <p>The system property {@code volute.conformance.only} runs some checks alone: a family ({@code
 * CONV}), a rule ({@code CONV-2}) or one check ({@code CONV-2/17}); {@code volute.conformance.seed}
 * makes up other operands.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class BackendConformance {
  private Optional<Subject> subject = Optional.empty();

  protected BackendConformance() {}

  /** Opens the backend under test. */
  protected abstract Backend open();

  /**
   * Opens the backend under test with options. Unless it is overridden, the provider of {@link
   * #open}'s backend does so if it can be found, and otherwise {@link #open} does.
   */
  protected Backend open(BackendOptions options) {
    Backend backend = open();
    boolean found =
        Backends.found().stream()
            .anyMatch(each -> each.usable() && each.name().equals(backend.name()));
    if (!found) {
      return backend;
    }
    backend.close();
    return Backends.open(backend.name(), options);
  }

  @BeforeAll
  void begin() {
    subject = Optional.of(new Subject(this::open, RuleTests.again(getClass())));
  }

  @TestFactory
  Stream<DynamicContainer> rules() {
    return RuleTests.of(subject.orElseThrow());
  }

  @AfterAll
  void close() {
    subject.ifPresent(Subject::close);
  }
}
