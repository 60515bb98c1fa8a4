package dev.volute.conformance.property;

import dev.volute.conformance.rule.Rule;
import dev.volute.conformance.rule.Violation;

/** How a backend answers. */
final class Answers {
  private Answers() {}

  /** Something that is done to a backend. */
  @FunctionalInterface
  interface Attempt {
    void make();
  }

  /** Requires an exception of one class. */
  static void refused(
      Rule rule, String what, Class<? extends RuntimeException> expected, Attempt attempt) {
    try {
      attempt.make();
    } catch (RuntimeException e) {
      if (expected.isInstance(e)) {
        return;
      }
      throw new Violation(
          rule, "%s: refused by %s instead of a %s".formatted(what, e, expected.getName()), e);
    }
    throw new Violation(rule, what + ": not refused");
  }

  static void require(boolean holds, Rule rule, String what) {
    if (!holds) {
      throw new Violation(rule, what);
    }
  }
}
