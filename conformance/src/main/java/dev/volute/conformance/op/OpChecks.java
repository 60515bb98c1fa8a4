package dev.volute.conformance.op;

import dev.volute.conformance.rule.CheckList;

/** All checks of single ops. */
public final class OpChecks {
  private OpChecks() {}

  public static void addTo(CheckList checks) {
    CaseList cases = new CaseList(checks);
    MoveCases.addTo(cases);
    ElementwiseCases.addTo(cases);
    ReduceCases.addTo(cases);
    MatMulCases.addTo(cases);
    TableCases.addTo(cases);
    ConvolutionCases.addTo(cases);
    ChainCases.addTo(cases);
    PoolCases.addTo(cases);
    NormCases.addTo(cases);
    ClassCases.addTo(cases);
    RecurrentCases.addTo(cases);
    EmbeddedCases.addTo(cases);
    UpdateCases.addTo(cases);
    NanCases.addTo(cases);
    RepeatCases.addTo(cases);
    ConcurrencyCheck.addTo(cases);
  }
}
