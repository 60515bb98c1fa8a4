package dev.volute.conformance.op;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.volute.conformance.gradient.Composite;
import dev.volute.conformance.rule.Check;
import dev.volute.conformance.rule.CheckList;
import dev.volute.conformance.rule.Rule;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** No op is left out where all are meant. */
class OpCoverageTest {
  private static final List<Check> CHECKS = checks();

  private static List<Check> checks() {
    CheckList checks = new CheckList(1);
    OpChecks.addTo(checks);
    return checks.checks();
  }

  private static Set<String> composites() {
    return Composite.all().stream()
        .map(each -> each.op().getClass().getSimpleName())
        .collect(Collectors.toSet());
  }

  private static Set<String> missing(Rule rule, Set<String> ops) {
    Set<String> missing = new TreeSet<>(ops);
    for (Check check : CHECKS) {
      if (check.rule() == rule) {
        missing.removeIf(
            op -> check.title().contains(op + "[") || check.title().contains(op + " "));
      }
    }
    return missing;
  }

  @Test
  void everyCompositeIsAlsoLowered() {
    assertEquals(Set.of(), missing(Rule.CLAIM_3, composites()));
  }

  @ParameterizedTest
  @EnumSource(names = {"RUN_1", "DETERMINISM_1", "DETERMINISM_2"})
  void everyOpIsRepeated(Rule rule) {
    assertEquals(Set.of(), missing(rule, composites()));
    assertEquals(
        Set.of(),
        missing(
            rule,
            Set.of(
                "Fill",
                "Copy",
                "Accumulate",
                "Unary",
                "Binary",
                "Select",
                "Reduce",
                "MatMul",
                "Gather",
                "ScatterAdd",
                "RandomUniform")));
  }
}
