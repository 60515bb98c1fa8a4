package dev.volute.conformance;

import dev.volute.conformance.golden.GoldenChecks;
import dev.volute.conformance.gradient.GradientChecks;
import dev.volute.conformance.mathematics.ConvolutionLaws;
import dev.volute.conformance.mathematics.PoolLaws;
import dev.volute.conformance.mathematics.RecurrenceLaws;
import dev.volute.conformance.model.ModelChecks;
import dev.volute.conformance.op.OpChecks;
import dev.volute.conformance.property.ClaimChecks;
import dev.volute.conformance.property.LifeChecks;
import dev.volute.conformance.property.MemoryChecks;
import dev.volute.conformance.rule.Check;
import dev.volute.conformance.rule.CheckList;
import java.util.List;

/** All checks. */
public final class ConformanceKit {
  /** The seed of the checks unless another is asked for. */
  public static final long DEFAULT_SEED = 1;

  private ConformanceKit() {}

  /**
   * All checks.
   *
   * @param seed of all that is made up: sizes, layouts, operands
   */
  public static List<Check> checks(long seed) {
    CheckList checks = new CheckList(seed);
    OpChecks.addTo(checks);
    MemoryChecks.addTo(checks);
    ClaimChecks.addTo(checks);
    LifeChecks.addTo(checks);
    GradientChecks.addTo(checks);
    ConvolutionLaws.addTo(checks);
    PoolLaws.addTo(checks);
    RecurrenceLaws.addTo(checks);
    GoldenChecks.addTo(checks);
    ModelChecks.addTo(checks);
    return checks.checks();
  }

  /**
   * Some of the checks.
   *
   * @param only a family ({@code CONV}), a rule ({@code CONV-2}), one check ({@code CONV-2/17}), or
   *     nothing for all
   */
  public static List<Check> checks(long seed, String only) {
    return checks(seed).stream()
        .filter(
            check ->
                only.isEmpty()
                    || check.id().equals(only)
                    || check.id().startsWith(only + "/")
                    || check.id().startsWith(only + "-"))
        .toList();
  }
}
