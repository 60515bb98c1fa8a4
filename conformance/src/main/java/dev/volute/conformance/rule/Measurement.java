package dev.volute.conformance.rule;

import dev.volute.tensor.DType;

/**
 * How one run of an op did.
 *
 * @param op the op's name
 * @param claimed whether the backend ran the op itself or its lowering
 * @param ulps largest error in units in the last place of the expected value
 * @param ofBound largest error as a share of what the rule allows; 1 is just allowed
 * @param nanoseconds time of the run on the backend; a lowered op is planned in it
 * @param referenceNanoseconds time on the reference backend
 */
public record Measurement(
    String op,
    DType dtype,
    boolean claimed,
    double ulps,
    double ofBound,
    long nanoseconds,
    long referenceNanoseconds) {}
