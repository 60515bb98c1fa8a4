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
    try (Subject subject =
        new Subject(options -> new ReferenceBackend(), check -> "try " + check.id())) {
      subject.record(measurement("MatMul", false, Measurement.Way.CLAIMED, 2, 0.5, 30));
      subject.record(measurement("MatMul", false, Measurement.Way.CLAIMED, 1, 0.75, 10));
      subject.record(measurement("Softmax", true, Measurement.Way.CLAIMED, 1, 0.5, 10));
      subject.record(measurement("Softmax", true, Measurement.Way.LOWERED, 3, 0.25, 10));
      subject.record(measurement("Softmax", true, Measurement.Way.LOWERED_TO_COMPARE, 4, 0.5, 10));
      subject.observe(Rule.MEM_9, "grown by <3> KiB");
      List<Outcome> outcomes =
          checks.checks().stream().map(check -> Outcome.of(check, subject)).toList();
      return new Report(
          "tried", "on paper", "here", 5, outcomes, subject.measurements(), subject.observations());
    }
  }

  private static Measurement measurement(
      String op, boolean composite, Measurement.Way way, double ulps, double ofBound, long time) {
    return new Measurement(op, composite, DType.F32, way, ulps, ofBound, 10, time);
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
    List<Report.OpResult> ops = report().ops();
    assertEquals(4, ops.size());
    assertEquals(
        new Report.OpResult("MatMul", DType.F32, Measurement.Way.CLAIMED, 2, 2, 0.75, 2),
        ops.get(0));
    assertEquals(
        new Report.OpResult("Softmax", DType.F32, Measurement.Way.LOWERED, 1, 3, 0.25, 1),
        ops.get(2));
  }

  @Test
  void tellsWhichCompositesAreClaimed() {
    assertEquals(
        List.of(new Report.CompositeResult("Softmax", DType.F32, 1, 1)), report().composites());
  }

  @Test
  void saysHowToTryAgain() {
    String detail = report().failures().get(0).detail();
    assertTrue(detail.endsWith("again: try CONV-1/2"), detail);
  }

  @Test
  void escapesWhatItShows() {
    String page = HtmlReport.of(report());
    assertTrue(page.contains("expected &lt;a&gt; &amp; got"), page);
    String json = JsonReport.of(report());
    assertTrue(json.contains("got \\\"b\\\"") && json.contains("\\n"), json);
    assertTrue(json.contains("\"passed\": false"), json);
    assertTrue(page.contains("grown by &lt;3&gt; KiB") && json.contains("grown by <3> KiB"), page);
  }
}
