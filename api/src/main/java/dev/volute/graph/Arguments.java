package dev.volute.graph;

import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.ShapeException;
import dev.volute.tensor.TensorType;
import java.util.List;

/** The checks that shape rules share. Each failure names the op, what it met and what would fit. */
public final class Arguments {
  private Arguments() {}

  /**
   * @return {@code inputs}
   * @throws ShapeException if there are not {@code count} of them
   */
  public static List<TensorType> exactly(Op op, List<TensorType> inputs, int count) {
    require(
        inputs.size() == count,
        "%s takes %d inputs, not the %d it was given: %s",
        op.name(),
        count,
        inputs.size(),
        inputs);
    return inputs;
  }

  /** Checks an input's number of axes. */
  public static Shape rank(Op op, String what, TensorType type, int rank) {
    require(
        type.shape().rank() == rank,
        "%s needs a %s with %d axes, not %s",
        op.name(),
        what,
        rank,
        type.shape());
    return type.shape();
  }

  /** Checks an input's exact shape. */
  public static void shape(Op op, String what, TensorType type, Shape expected) {
    require(
        type.shape().equals(expected),
        "%s needs a %s of shape %s, not %s",
        op.name(),
        what,
        expected,
        type.shape());
  }

  public static void floating(Op op, String what, TensorType type) {
    require(
        type.dtype().isFloating(), "%s needs a %s of F32 or F64, not %s", op.name(), what, type);
  }

  public static void dtype(Op op, String what, TensorType type, DType expected) {
    require(
        type.dtype() == expected, "%s needs a %s of %s, not %s", op.name(), what, expected, type);
  }

  /** Checks that all inputs have the element type of the first. */
  public static void sameDType(Op op, List<TensorType> inputs) {
    for (TensorType input : inputs) {
      require(
          input.dtype() == inputs.get(0).dtype(),
          "%s needs inputs of one element type, not %s",
          op.name(),
          inputs);
    }
  }

  /**
   * @throws ShapeException with the formatted message if {@code holds} is false
   */
  public static void require(boolean holds, String message, Object... details) {
    if (!holds) {
      throw new ShapeException(message.formatted(details));
    }
  }
}
