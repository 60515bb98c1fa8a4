package dev.volute.conformance.op;

import dev.volute.spi.OpCall;
import java.util.List;

/** Bounds of sums to which an activation was applied. */
final class ActivationErrors {
  private ActivationErrors() {}

  /**
   * The bound of the sum, which no activation enlarges, and 8 units in the last place.
   *
   * @param sum the call without its activation
   * @param terms of one sum
   * @param e what was computed
   */
  static List<double[]> after(OpCall sum, double terms, ErrorModel.Evaluation e) {
    return add(ErrorModel.sums(terms), sum, e);
  }

  /** As {@link #after}, for sums of transformed operands. */
  static List<double[]> afterTransformed(OpCall sum, double terms, ErrorModel.Evaluation e) {
    return add(ErrorModel.transformedSums(terms), sum, e);
  }

  private static List<double[]> add(ErrorModel sums, OpCall sum, ErrorModel.Evaluation e) {
    ErrorModel.Evaluation linear =
        new ErrorModel.Evaluation(sum, e.inputs(), e.before(), e.outputs());
    return sums.plus(ErrorModel.ulps(8)).bounds(linear);
  }
}
