package dev.volute.conformance.rule;

/** How much a rule binds. */
public enum Level {
  /** A backend that breaks the rule is wrong. */
  REQUIRED,
  /** A backend may break the rule, and its users should know. */
  OPTIONAL
}
