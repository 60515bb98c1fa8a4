package dev.volute.backend.java.primitive;

import dev.volute.backend.java.simd.FloatMap;
import dev.volute.backend.java.simd.FloatReduction;
import dev.volute.backend.java.simd.Simd;
import dev.volute.graph.Binary;
import dev.volute.graph.Reduce;
import java.util.function.DoubleBinaryOperator;

/**
 * How floats become one.
 *
 * @param neutral what nothing amounts to
 * @param runs folds a run of floats
 * @param rows folds a row of floats into another, element by element
 * @param totals folds the results of runs
 */
record FloatFold(float neutral, FloatReduction runs, FloatMap rows, DoubleBinaryOperator totals) {
  /** True of addition, whose long results are made in double precision. */
  boolean sums() {
    return neutral == 0;
  }

  static FloatFold of(Reduce.Function function, Simd simd) {
    return switch (function) {
      case SUM ->
          new FloatFold(
              0,
              simd.reductions()::sum,
              simd.elementwise().binary(Binary.Function.ADD),
              Double::sum);
      case MAX, ARGMAX ->
          new FloatFold(
              Float.NEGATIVE_INFINITY,
              simd.reductions()::max,
              simd.elementwise().binary(Binary.Function.MAXIMUM),
              Math::max);
      case MIN ->
          new FloatFold(
              Float.POSITIVE_INFINITY,
              simd.reductions()::min,
              simd.elementwise().binary(Binary.Function.MINIMUM),
              Math::min);
    };
  }
}
