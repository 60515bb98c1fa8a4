package dev.volute.conformance.rule;

import dev.volute.tensor.DType;

/**
 * How one run of an op did.
 *
 * @param op the op's name
 * @param composite whether a backend may leave the op to its lowering
 * @param way how it ran
 * @param ulps largest error in units in the last place of the expected value
 * @param ofBound largest error as a share of what the rule allows; 1 is just allowed
 * @param nanoseconds time of the run on the backend; a lowered op is planned in it
 * @param referenceNanoseconds time on the reference backend
 */
public record Measurement(
    String op,
    boolean composite,
    DType dtype,
    Way way,
    double ulps,
    double ofBound,
    long nanoseconds,
    long referenceNanoseconds) {

  /** How an op ran. */
  public enum Way {
    /** As one kernel: the backend claims it. */
    CLAIMED,
    /** As simpler ops: the backend does not claim it. */
    LOWERED,
    /** As primitives, whether claimed or not, to see whether the lowering is right. */
    LOWERED_TO_COMPARE
  }
}
