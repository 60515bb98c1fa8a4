package dev.volute.conformance.op;

import dev.volute.conformance.reference.ReferenceOps;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Bounds of recurrences, by the method of backward errors: the computed result is, up to 16 u of
 * its largest element, the exact one of inputs that were changed relatively by {@code (n + 8) u},
 * with n the length of the sums. How much such changes move the result is tried out on the
 * reference, in random directions; twice the largest move is allowed.
 */
final class RecurrentErrors {
  private static final int TRIALS = 3;

  /** Relative change of the trials: far above the reference's own errors. */
  private static final double CHANGE = 1e-7;

  private RecurrentErrors() {}

  static ErrorModel of(double terms) {
    return e -> {
      double[] moved = new double[e.outputs().size()];
      SplittableRandom random = new SplittableRandom(17);
      for (int trial = 0; trial < TRIALS; trial++) {
        List<double[]> changed = new ArrayList<>();
        for (int i = 0; i < e.inputs().size(); i++) {
          // Ids of rows are no measured numbers.
          double change = e.call().input(i).dtype().isFloating() ? CHANGE : 0;
          changed.add(
              Arrays.stream(e.inputs().get(i))
                  .map(v -> v * (random.nextBoolean() ? 1 + change : 1 - change))
                  .toArray());
        }
        List<double[]> outputs = ReferenceOps.compute(e.call(), changed);
        for (int i = 0; i < moved.length; i++) {
          for (int j = 0; j < outputs.get(i).length; j++) {
            double move = Math.abs(outputs.get(i)[j] - e.outputs().get(i)[j]);
            moved[i] = Math.max(moved[i], move);
          }
        }
      }
      List<double[]> bounds = new ArrayList<>();
      for (int i = 0; i < moved.length; i++) {
        double[] y = e.outputs().get(i);
        double largest = Arrays.stream(y).map(Math::abs).max().orElse(0);
        double[] bound = new double[y.length];
        Arrays.fill(bound, 2 * (terms + 8) * e.u() * moved[i] / CHANGE + 16 * e.u() * largest);
        bounds.add(bound);
      }
      return bounds;
    };
  }
}
