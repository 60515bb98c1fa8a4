package dev.volute.conformance.op;

import dev.volute.conformance.rule.CheckList;

/** All checks of single ops. */
public final class OpChecks {
  private OpChecks() {}

  /**
   * Adds all checks of single ops.
   *
   * @param seed of the choices and of all operands
   */
  public static void addTo(CheckList checks, long seed) {
    CaseList cases = new CaseList(checks, seed);
    MoveCases.addTo(cases);
    ElementwiseCases.addTo(cases);
    ReduceCases.addTo(cases);
    MatMulCases.addTo(cases);
    TableCases.addTo(cases);
    ConvolutionCases.addTo(cases);
    PoolCases.addTo(cases);
    NormCases.addTo(cases);
    ClassCases.addTo(cases);
    RecurrentCases.addTo(cases);
    UpdateCases.addTo(cases);
    RepeatCases.addTo(cases);
    ConcurrencyCheck.addTo(cases);
  }
}
