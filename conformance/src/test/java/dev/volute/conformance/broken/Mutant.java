package dev.volute.conformance.broken;

import dev.volute.conformance.reference.ReferenceBackend;
import dev.volute.conformance.rule.Rule;
import dev.volute.spi.Backend;
import java.util.function.IntFunction;

/**
 * A backend that spoils one thing.
 *
 * @param flaw what it does wrong
 * @param rule what that breaks
 * @param through the rule whose checks meet it
 * @param opener opens it with a number of threads
 */
record Mutant(String flaw, Rule rule, Rule through, IntFunction<Backend> opener) {

  /** A flaw of single ops. */
  static Mutant of(String flaw, Rule rule, Spoiler spoiler) {
    return of(flaw, rule, rule, spoiler);
  }

  static Mutant of(String flaw, Rule rule, Rule through, Spoiler spoiler) {
    return new Mutant(
        flaw, rule, through, threads -> new BrokenBackend(new ReferenceBackend(), spoiler));
  }

  /** A flaw of the backend itself. */
  static Mutant of(String flaw, Rule rule, IntFunction<Backend> opener) {
    return new Mutant(flaw, rule, rule, opener);
  }

  /** The same flaw, met by the checks of another rule. */
  Mutant through(Rule other) {
    return new Mutant(flaw, rule, other, opener);
  }

  @Override
  public String toString() {
    return flaw + " (" + rule.id() + ")";
  }
}
