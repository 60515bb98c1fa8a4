package dev.volute.conformance;

import dev.volute.conformance.op.OpChecks;
import dev.volute.conformance.rule.Check;
import java.util.ArrayList;
import java.util.List;

/** All checks. */
public final class ConformanceKit {
  /** The seed of the checks unless another is asked for. */
  public static final long DEFAULT_SEED = 1;

  private ConformanceKit() {}

  /** All checks, made from {@link #DEFAULT_SEED}. */
  public static List<Check> checks() {
    return checks(DEFAULT_SEED);
  }

  /**
   * @param seed of all that is made up: sizes, layouts, operands
   */
  public static List<Check> checks(long seed) {
    List<Check> checks = new ArrayList<>();
    checks.addAll(OpChecks.all(seed));
    return checks;
  }
}
