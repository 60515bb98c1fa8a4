package dev.volute.conformance.mathematics;

import dev.volute.conformance.rule.Rule;
import dev.volute.conformance.rule.Violation;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import dev.volute.tensor.TensorType;
import java.util.SplittableRandom;

/** Numbers for the laws, and their comparison. */
final class Numbers {
  private static final double U = 0x1p-24;

  private Numbers() {}

  /** Numbers between -1 and 1. */
  static Tensor random(long seed, int... lengths) {
    Tensor tensor = Tensor.zeros(TensorType.f32(lengths));
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < tensor.length(); i++) {
      tensor.floats()[i] = (float) (2 * random.nextDouble() - 1);
    }
    return tensor;
  }

  /** Numbers of single precision. */
  static Tensor of(Shape shape, double[] values) {
    return Tensor.of(shape, values).cast(DType.F32);
  }

  /**
   * Requires results to be near, for sums of so many terms between -1 and 1.
   *
   * @param what the law's case
   */
  static void requireNear(Rule rule, String what, Tensor expected, Tensor got, double terms) {
    if (!expected.shape().equals(got.shape())) {
      throw new Violation(
          rule, "%s: the shape is %s, not %s".formatted(what, got.shape(), expected.shape()));
    }
    double allowed = 8 * (terms + 2) * terms * U;
    for (int i = 0; i < expected.length(); i++) {
      if (!(Math.abs(expected.get(i) - got.get(i)) <= allowed)) {
        throw new Violation(
            rule,
            "%s: element %d: expected %s, got %s, allowed error %s"
                .formatted(what, i, expected.get(i), got.get(i), allowed));
      }
    }
  }
}
