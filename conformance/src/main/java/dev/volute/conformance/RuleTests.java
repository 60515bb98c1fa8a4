package dev.volute.conformance;

import static org.junit.jupiter.api.Assumptions.abort;

import dev.volute.conformance.rule.Check;
import dev.volute.conformance.rule.Level;
import dev.volute.conformance.rule.NotApplicable;
import dev.volute.conformance.rule.Reproduction;
import dev.volute.conformance.rule.Rule;
import dev.volute.conformance.rule.Subject;
import dev.volute.conformance.rule.Violation;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;

/** The checks as tests: one container for each rule, one test for each check. */
final class RuleTests {
  private static final String ONLY = "volute.conformance.only";
  private static final String SEED = "volute.conformance.seed";

  private RuleTests() {}

  static Stream<DynamicContainer> of(Subject subject) {
    Map<Rule, List<DynamicTest>> tests = new EnumMap<>(Rule.class);
    for (Check check : wanted()) {
      tests
          .computeIfAbsent(check.rule(), rule -> new ArrayList<>())
          .add(
              DynamicTest.dynamicTest(check.id() + " " + check.title(), () -> run(check, subject)));
    }
    return tests.entrySet().stream()
        .map(
            entry ->
                DynamicContainer.dynamicContainer(
                    entry.getKey().id() + " " + entry.getKey().statement(), entry.getValue()));
  }

  private static List<Check> wanted() {
    String only = System.getProperty(ONLY, "");
    long seed = Long.getLong(SEED, ConformanceKit.DEFAULT_SEED);
    List<Check> wanted = ConformanceKit.checks(seed, only);
    if (wanted.isEmpty()) {
      throw new IllegalArgumentException("No check has the number " + only);
    }
    return wanted;
  }

  /** How Maven runs one check of a test class again, in the folder of its module. */
  static Reproduction again(Class<?> test) {
    return check ->
        "mvn test -Dtest=%s -D%s=%s -D%s=%d"
            .formatted(test.getSimpleName(), ONLY, check.id(), SEED, check.seed());
  }

  private static void run(Check check, Subject subject) {
    try {
      check.run(subject);
    } catch (NotApplicable e) {
      abort(e.getMessage());
    } catch (Violation e) {
      if (e.rule().level() == Level.OPTIONAL) {
        abort(e.getMessage());
      }
      throw e;
    }
  }
}
