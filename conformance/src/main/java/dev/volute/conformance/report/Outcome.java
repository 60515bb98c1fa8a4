package dev.volute.conformance.report;

import dev.volute.conformance.rule.Check;
import dev.volute.conformance.rule.Level;
import dev.volute.conformance.rule.NotApplicable;
import dev.volute.conformance.rule.Rule;
import dev.volute.conformance.rule.Subject;
import dev.volute.conformance.rule.Violation;

/**
 * How a check went.
 *
 * @param rule the rule that was broken, else the one that was checked
 * @param detail why it failed or did not apply; empty if it passed
 */
public record Outcome(Check check, Status status, Rule rule, String detail) {

  /** How a check may go. */
  public enum Status {
    PASSED,
    /** A required rule is broken. */
    FAILED,
    /** An optional rule is broken. */
    WARNED,
    NOT_APPLICABLE
  }

  /** Whether it met this rule broken. */
  boolean broke(Rule which) {
    return rule == which && (status == Status.FAILED || status == Status.WARNED);
  }

  /** Runs a check. */
  public static Outcome of(Check check, Subject subject) {
    try {
      check.run(subject);
      return new Outcome(check, Status.PASSED, check.rule(), "");
    } catch (NotApplicable e) {
      return new Outcome(check, Status.NOT_APPLICABLE, check.rule(), e.getMessage());
    } catch (Violation e) {
      boolean required = e.rule().level() == Level.REQUIRED;
      Status status = required ? Status.FAILED : Status.WARNED;
      return new Outcome(check, status, e.rule(), e.getMessage());
    }
  }
}
