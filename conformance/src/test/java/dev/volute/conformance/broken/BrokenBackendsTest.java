package dev.volute.conformance.broken;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.volute.conformance.ConformanceKit;
import dev.volute.conformance.rule.Check;
import dev.volute.conformance.rule.NotApplicable;
import dev.volute.conformance.rule.Rule;
import dev.volute.conformance.rule.Subject;
import dev.volute.conformance.rule.Violation;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The kit finds every flaw, and names the rule that it breaks. */
class BrokenBackendsTest {
  private static final List<Check> CHECKS = ConformanceKit.checks(ConformanceKit.DEFAULT_SEED);

  static Stream<Mutant> mutants() {
    return Stream.of(
            OpMutants.primitives(),
            CompositeMutants.all(),
            SpatialMutants.all(),
            RecurrentMutants.all(),
            FormatMutants.all(),
            MemoryMutants.all(),
            BackendMutants.all())
        .flatMap(List::stream);
  }

  @Test
  void thereAreEnoughOfThem() {
    assertTrue(mutants().count() >= 40);
  }

  @ParameterizedTest
  @MethodSource("mutants")
  void isFound(Mutant mutant) {
    int notApplicable = 0;
    try (Subject subject =
        new Subject(options -> mutant.opener().apply(options.threads()), Check::id)) {
      for (Check check : CHECKS) {
        if (check.rule() == mutant.through()) {
          try {
            check.run(subject);
          } catch (Violation e) {
            assertEquals(mutant.rule(), e.rule(), e.getMessage());
            return;
          } catch (NotApplicable e) {
            notApplicable++;
          }
        }
      }
    }
    fail("The kit lets this pass: %s; %d checks did not apply".formatted(mutant, notApplicable));
  }

  @Test
  void everyRuleIsBrokenBySome() {
    Set<Rule> caught = mutants().map(Mutant::rule).collect(Collectors.toSet());
    for (Rule rule : Rule.values()) {
      assertTrue(caught.contains(rule), rule.id());
    }
  }
}
