package dev.volute.conformance.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.volute.conformance.reference.ReferenceBackend;
import dev.volute.conformance.rule.CheckList;
import dev.volute.conformance.rule.Measurement;
import dev.volute.conformance.rule.NotApplicable;
import dev.volute.conformance.rule.Rule;
import dev.volute.conformance.rule.Subject;
import dev.volute.conformance.rule.Violation;
import dev.volute.tensor.DType;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {
  private static Report report() {
    CheckList checks = new CheckList(5);
    checks.add(Rule.CONV_1, "good", subject -> {});
    checks.add(
        Rule.CONV_1,
        "writes past the end",
        subject -> {
          throw new Violation(Rule.MEM_2, "expected <a> & got \"b\"");
        });
    checks.add(
        Rule.NUMBER_1,
        "optional",
        subject -> {
          throw new Violation(Rule.NUMBER_1, "flushed");
        });
    checks.add(
        Rule.CLAIM_2,
        "nothing to check",
        subject -> {
          throw new NotApplicable("claimed");
        });
    checks.add(
        Rule.LIFE_1,
        "fails by itself",
        subject -> {
          throw new IllegalStateException("oops");
        });
    try (Subject subject = new Subject(threads -> new ReferenceBackend())) {
      subject.record(new Measurement("MatMul", DType.F32, true, 2, 0.5, 10, 30));
      subject.record(new Measurement("MatMul", DType.F32, true, 1, 0.75, 10, 10));
      List<Outcome> outcomes =
          checks.checks().stream().map(check -> Outcome.of(check, subject)).toList();
      return new Report("tried", "on paper", "here", 5, outcomes, subject.measurements());
    }
  }

  private static Report.RuleResult result(Rule rule) {
    return report().rules().get(rule.ordinal());
  }

  @Test
  void countsByTheRuleThatWasBroken() {
    assertFalse(report().passed());
    assertEquals(new Report.RuleResult(Rule.CONV_1, 2, 1, 0, 0), result(Rule.CONV_1));
    assertEquals(new Report.RuleResult(Rule.MEM_2, 0, 0, 1, 0), result(Rule.MEM_2));
    assertEquals(new Report.RuleResult(Rule.NUMBER_1, 1, 0, 1, 0), result(Rule.NUMBER_1));
    assertEquals(new Report.RuleResult(Rule.CLAIM_2, 1, 0, 0, 1), result(Rule.CLAIM_2));
    assertEquals(new Report.RuleResult(Rule.LIFE_1, 1, 0, 1, 0), result(Rule.LIFE_1));
    assertEquals(2, report().failures().size());
  }

  @Test
  void keepsTheWorstOfEachOp() {
    assertEquals(
        List.of(new Report.OpResult("MatMul", DType.F32, true, 2, 2, 0.75, 2)), report().ops());
  }

  @Test
  void saysHowToTryAgain() {
    String detail = report().failures().get(0).detail();
    assertTrue(detail.contains("--backend reference --only CONV-1/2 --seed 5"), detail);
  }

  @Test
  void escapesWhatItShows() {
    String page = HtmlReport.of(report());
    assertTrue(page.contains("expected &lt;a&gt; &amp; got"), page);
    String json = JsonReport.of(report());
    assertTrue(json.contains("got \\\"b\\\"") && json.contains("\\n"), json);
    assertTrue(json.contains("\"passed\": false"), json);
  }
}
