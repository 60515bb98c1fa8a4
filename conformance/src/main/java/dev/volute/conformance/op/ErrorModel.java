package dev.volute.conformance.op;

import dev.volute.conformance.reference.ReferenceOps;
import dev.volute.spi.OpCall;
import dev.volute.tensor.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * How far a backend's results may be from the exact ones.
 *
 * <p>Errors are counted in {@code u}, half the distance from 1 to the next number: 2^-24 in F32. A
 * sum of n products in any order is off by at most {@code (n + 2) u} times the sum of the absolute
 * products (Higham, Accuracy and Stability of Numerical Algorithms, section 3.1), and so the bounds
 * grow with the length of sums. To every bound comes the rounding of the result itself, and numbers
 * below the smallest normal one, which a backend may flush to zero.
 */
@FunctionalInterface
public interface ErrorModel {

  /** Stands for a bound where nothing is allowed, not even a zero of the other sign. */
  double IDENTICAL = -1;

  /** For each output the largest error allowed in each element, or {@link #IDENTICAL}. */
  List<double[]> bounds(Evaluation evaluation);

  /**
   * An op that the reference has computed.
   *
   * @param inputs elements in row-major order
   * @param before the outputs before the op ran
   * @param outputs the exact results
   */
  record Evaluation(
      OpCall call,
      List<double[]> inputs,
      List<ReferenceOps.Target> before,
      List<double[]> outputs) {

    static Evaluation of(OpCall call, List<double[]> inputs, List<ReferenceOps.Target> before) {
      List<ReferenceOps.Target> targets = new ArrayList<>();
      before.forEach(
          target -> targets.add(new ReferenceOps.Target(target.storage().clone(), target.view())));
      return new Evaluation(call, inputs, before, ReferenceOps.compute(call, inputs, targets));
    }

    /** Half the distance from 1 to the next number of the first output's type. */
    double u() {
      return call.output(0).dtype() == DType.F64 ? 0x1p-52 : 0x1p-24;
    }

    /** The op on the absolute values of everything. */
    Evaluation magnitudes() {
      return of(
          call,
          inputs.stream().map(Evaluation::absolute).toList(),
          before.stream()
              .map(each -> new ReferenceOps.Target(absolute(each.storage()), each.view()))
              .toList());
    }

    private static double[] absolute(double[] values) {
      return Arrays.stream(values).map(Math::abs).toArray();
    }
  }

  /** Correctly rounded. */
  static ErrorModel exact() {
    return e -> e.outputs().stream().map(y -> new double[y.length]).toList();
  }

  /** Correctly rounded, and zeros of the right sign. */
  static ErrorModel identical() {
    return e ->
        e.outputs().stream()
            .map(
                y -> {
                  double[] bounds = new double[y.length];
                  Arrays.fill(bounds, IDENTICAL);
                  return bounds;
                })
            .toList();
  }

  /** So many units in the last place. */
  static ErrorModel ulps(double number) {
    return e ->
        e.outputs().stream()
            .map(y -> Arrays.stream(y).map(v -> 2 * number * e.u() * Math.abs(v)).toArray())
            .toList();
  }

  /**
   * Sums of so many products: bounded by the op's own result on absolute values.
   *
   * @param terms in one sum
   */
  static ErrorModel sums(double terms) {
    return e ->
        e.magnitudes().outputs().stream()
            .map(y -> Arrays.stream(y).map(v -> (terms + 2) * e.u() * Math.abs(v)).toArray())
            .toList();
  }

  /**
   * Sums of so many products where a kernel may transform its operands first, as Winograd's minimal
   * filtering does: four times the bound of a plain sum, of the largest sum of absolute products
   * anywhere in the result.
   */
  static ErrorModel transformedSums(double terms) {
    return e ->
        e.magnitudes().outputs().stream()
            .map(
                y -> {
                  double largest = Arrays.stream(y).filter(Double::isFinite).max().orElse(0);
                  double[] bounds = new double[y.length];
                  Arrays.fill(bounds, 4 * (terms + 2) * e.u() * largest);
                  return bounds;
                })
            .toList();
  }

  /** Any error where the result is finite; infinities and NaN must be as they are. */
  static ErrorModel classOfNumber() {
    return e ->
        e.outputs().stream()
            .map(
                y -> {
                  double[] bounds = new double[y.length];
                  Arrays.fill(bounds, Double.POSITIVE_INFINITY);
                  return bounds;
                })
            .toList();
  }

  /** This and a further error that each element of the result brings. */
  default ErrorModel plus(ErrorModel other) {
    return e -> {
      List<double[]> bounds = bounds(e);
      List<double[]> more = other.bounds(e);
      for (int i = 0; i < bounds.size(); i++) {
        for (int j = 0; j < bounds.get(i).length; j++) {
          bounds.get(i)[j] += more.get(i)[j];
        }
      }
      return bounds;
    };
  }

  /** As {@link #sums}, with a number of terms that depends on the call. */
  static ErrorModel sums(ToDoubleFunction<OpCall> terms) {
    return e -> sums(terms.applyAsDouble(e.call())).bounds(e);
  }
}
