package dev.volute.graph.composite;

import dev.volute.graph.Value;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import java.util.stream.IntStream;

/**
 * Class labels as masks.
 *
 * @param ignored {@code [rows, 1]}: 1 where the label says that the row does not count, else 0
 * @param oneHot {@code [rows, classes]}: 1 at the label, else 0; anything in ignored rows
 */
record Labels(Value ignored, Value oneHot) {

  /**
   * Masks of labels I32 {@code [rows]}, in the element type of {@code like}, which is {@code [rows,
   * classes]}.
   *
   * <p>Computes in floating point, which holds every class number exactly, because that is what
   * every backend can compute in; the gathering serves to meet labels that are out of range.
   */
  static Labels of(Value labels, Value like) {
    int rows = like.shape().dim(0);
    int classes = like.shape().dim(1);
    Value numbers = counting(like, classes);
    Value number = labels.cast(like.dtype());
    Value ignored = number.equal(like.filled(Shape.scalar(), SoftmaxCrossEntropy.IGNORED));
    Value checked = ignored.select(number.zerosLike(), number).cast(DType.I32);
    Value found = numbers.gather(checked).reshape(Shape.of(rows, 1));
    return new Labels(ignored.reshape(Shape.of(rows, 1)), numbers.equal(found));
  }

  /** The numbers from 0 to {@code count - 1}, in the element type of {@code like}. */
  static Value counting(Value like, int count) {
    double[] numbers = IntStream.range(0, count).asDoubleStream().toArray();
    return like.constant(Tensor.of(Shape.of(count), numbers).cast(like.dtype()));
  }

  /** {@code value} {@code [rows, any]} with zeros in ignored rows. */
  Value without(Value value) {
    return ignored.broadcast(value.shape()).select(value.zerosLike(), value);
  }
}
