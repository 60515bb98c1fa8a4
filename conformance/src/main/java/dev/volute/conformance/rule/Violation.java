package dev.volute.conformance.rule;

/** A rule was broken. */
public final class Violation extends AssertionError {
  private static final long serialVersionUID = 1L;

  private final Rule rule;
  private final String finding;

  /**
   * @param finding what was met, in lines that start with the op
   */
  public Violation(Rule rule, String finding) {
    super(message(rule, finding));
    this.rule = rule;
    this.finding = finding;
  }

  /**
   * @param finding what was met, in lines that start with the op
   */
  public Violation(Rule rule, String finding, Throwable cause) {
    super(message(rule, finding), cause);
    this.rule = rule;
    this.finding = finding;
  }

  private static String message(Rule rule, String finding) {
    return "%s is broken: %s%n%s".formatted(rule.id(), rule.statement(), finding);
  }

  public Rule rule() {
    return rule;
  }

  /** What was met. */
  public String finding() {
    return finding;
  }
}
