package dev.volute.conformance.op;

import dev.volute.conformance.rule.Violation;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * How results compare with the exact ones.
 *
 * @param ulps largest error in units in the last place
 * @param ofBound largest error as a share of the bound; 0 where results must be exact and are
 */
record Comparison(double ulps, double ofBound) {
  private static final double SMALLEST_NORMAL = Float.MIN_NORMAL;

  /**
   * @param wrong makes the complaint
   * @throws Violation if an error is larger than the bound
   */
  static Comparison of(
      ErrorModel.Evaluation exact,
      ErrorModel errors,
      List<double[]> results,
      Function<String, Violation> wrong) {
    List<double[]> bounds = errors.bounds(exact);
    double ulps = 0;
    double ofBound = 0;
    for (int output = 0; output < results.size(); output++) {
      double[] expected = exact.outputs().get(output);
      double[] got = results.get(output);
      DType dtype = exact.call().output(output).dtype();
      Worst worst = Worst.NONE;
      int wrongs = 0;
      for (int i = 0; i < expected.length; i++) {
        double allowed = allowed(dtype, expected[i], bounds.get(output)[i]);
        double excess = excess(dtype, expected[i], got[i], allowed);
        wrongs += excess > 1 ? 1 : 0;
        if (excess > worst.excess) {
          worst = new Worst(i, excess, allowed);
        }
        ulps = Math.max(ulps, ulps(dtype, expected[i], got[i]));
      }
      if (wrongs > 0) {
        int at = worst.place;
        throw wrong.apply(
            "output %d: %d of %d elements are wrong; worst is element %s: expected %s, got %s, allowed error %s"
                .formatted(
                    output,
                    wrongs,
                    expected.length,
                    index(exact.call().output(output).shape(), at),
                    expected[at],
                    got[at],
                    worst.allowed));
      }
      ofBound = Math.max(ofBound, worst.excess);
    }
    return new Comparison(ulps, ofBound);
  }

  private record Worst(int place, double excess, double allowed) {
    static final Worst NONE = new Worst(-1, 0, 0);
  }

  /** The bound and what comes to every bound. */
  private static double allowed(DType dtype, double expected, double bound) {
    if (bound == ErrorModel.IDENTICAL) {
      return bound;
    }
    return switch (dtype) {
      case I32 -> 0;
      case F32 -> bound == 0 ? 0 : bound + 0x1p-24 * Math.abs(expected) + SMALLEST_NORMAL;
      case F64 -> bound == 0 ? 0 : bound + 0x1p-53 * Math.abs(expected) + Double.MIN_NORMAL;
    };
  }

  /** The error as a share of what is allowed; more than 1 is too much. */
  private static double excess(DType dtype, double exact, double got, double allowed) {
    double expected = rounded(dtype, exact);
    if (allowed == ErrorModel.IDENTICAL) {
      return Double.compare(expected, got) == 0 ? 0 : Double.POSITIVE_INFINITY;
    }
    if (expected == got || (Double.isNaN(expected) && Double.isNaN(got))) {
      return 0;
    }
    if (allowed == 0) {
      boolean flushed = got == 0 && dtype == DType.F32 && Math.abs(expected) < SMALLEST_NORMAL;
      return flushed ? 0 : Double.POSITIVE_INFINITY;
    }
    if (allowed == Double.POSITIVE_INFINITY && Double.isFinite(exact)) {
      return 0;
    }
    if (Double.isNaN(expected) || Double.isNaN(got) || Double.isInfinite(exact)) {
      return Double.POSITIVE_INFINITY;
    }
    if (Double.isInfinite(expected) || Double.isInfinite(got)) {
      // The exact result is finite but about to leave the type's range.
      double edge = dtype == DType.F32 ? Float.MAX_VALUE : Double.MAX_VALUE;
      return Math.abs(exact) + allowed >= edge && exact * got > 0 ? 0 : Double.POSITIVE_INFINITY;
    }
    double error = Math.abs(got - exact);
    return Double.isNaN(allowed) ? 0 : error / allowed;
  }

  private static double rounded(DType dtype, double value) {
    return dtype == DType.F32 ? (float) value : value;
  }

  private static double ulps(DType dtype, double exact, double got) {
    double ulp = dtype == DType.F32 ? Math.ulp((float) exact) : Math.ulp(exact);
    double error = Math.abs(got - exact) / ulp;
    return Double.isFinite(error) && dtype.isFloating() ? error : 0;
  }

  private static List<Integer> index(Shape shape, int place) {
    List<Integer> index = new ArrayList<>();
    int rest = place;
    for (int axis = shape.rank() - 1; axis >= 0; axis--) {
      index.add(0, rest % shape.dim(axis));
      rest /= shape.dim(axis);
    }
    return index;
  }
}
