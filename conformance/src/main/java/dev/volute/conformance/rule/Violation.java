package dev.volute.conformance.rule;

/** A rule was broken. */
public final class Violation extends AssertionError {
  private static final long serialVersionUID = 1L;

  private final Rule rule;

  /**
   * @param finding what was met, in lines that start with the op
   */
  public Violation(Rule rule, String finding) {
    super("%s is broken: %s%n%s".formatted(rule.id(), rule.statement(), finding));
    this.rule = rule;
  }

  public Violation(Rule rule, String finding, Throwable cause) {
    super("%s is broken: %s%n%s".formatted(rule.id(), rule.statement(), finding), cause);
    this.rule = rule;
  }

  public Rule rule() {
    return rule;
  }
}
