package dev.volute.conformance.rule;

/** Knows how a user runs one check again. */
@FunctionalInterface
public interface Reproduction {
  /** The command, in one line. */
  String command(Check check);
}
