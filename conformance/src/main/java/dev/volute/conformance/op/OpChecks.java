package dev.volute.conformance.op;

import dev.volute.conformance.rule.Check;
import java.util.List;

/** All checks of single ops. */
public final class OpChecks {
  private OpChecks() {}

  /**
   * @param seed of the choices and of all operands
   */
  public static List<Check> all(long seed) {
    CaseList cases = new CaseList(seed);
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
    return cases.checks();
  }
}
