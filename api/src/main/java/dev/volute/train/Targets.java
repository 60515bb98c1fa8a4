package dev.volute.train;

import dev.volute.graph.Value;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.ShapeException;

/** What measures ask of targets. */
final class Targets {
  private Targets() {}

  static void requireLabels(Measure measure, Value logits, Value labels) {
    Shape shape = logits.shape();
    boolean fits =
        shape.rank() >= 2
            && labels.dtype() == DType.I32
            && labels.shape().equals(shape.slice(0, shape.rank() - 1));
    if (!fits) {
      throw new ShapeException(
          measure.name()
              + ": logits [batch, ..., classes] take labels I32 [batch, ...]; "
              + logits.type()
              + " and "
              + labels.type()
              + " do not fit");
    }
  }

  static void requireSameType(Measure measure, Value output, Value targets) {
    if (!output.type().equals(targets.type())) {
      throw new ShapeException(
          "%s: an output of %s takes targets of the same type, not %s"
              .formatted(measure.name(), output.type(), targets.type()));
    }
  }

  /**
   * 1 where a class number counts, 0 where it is -1; F32, because whole numbers are not what every
   * backend can compare.
   */
  static Value counted(Value labels) {
    Value numbers = labels.cast(DType.F32);
    return numbers.filled(Shape.scalar(), 0).lessOrEqual(numbers);
  }
}
