package dev.volute.conformance.broken;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.volute.conformance.ConformanceKit;
import dev.volute.conformance.rule.Check;
import dev.volute.conformance.rule.NotApplicable;
import dev.volute.conformance.rule.Subject;
import dev.volute.conformance.rule.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The kit finds every flaw, and names the rule that it breaks. */
class BrokenBackendsTest {
  private static final List<Check> CHECKS = ConformanceKit.checks();

  static Stream<Mutant> mutants() {
    return Stream.of(OpMutants.primitives(), CompositeMutants.all(), BackendMutants.all())
        .flatMap(List::stream);
  }

  @Test
  void thereAreEnoughOfThem() {
    assertTrue(mutants().count() >= 40);
  }

  @ParameterizedTest
  @MethodSource("mutants")
  void isFound(Mutant mutant) {
    List<String> others = new ArrayList<>();
    try (Subject subject = new Subject(mutant.opener())) {
      for (Check check : CHECKS) {
        if (check.rule() == mutant.through()) {
          try {
            check.run(subject);
          } catch (Violation e) {
            if (e.rule() == mutant.rule()) {
              return;
            }
            others.add(e.getMessage());
          } catch (NotApplicable e) {
            others.add(e.getMessage());
          }
        }
      }
    }
    fail("The kit lets this pass: " + mutant + "; it found " + others);
  }
}
