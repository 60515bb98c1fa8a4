package dev.volute.backend.java.dense;

import dev.volute.backend.java.kernel.JavaMemory;
import dev.volute.spi.Operand;
import dev.volute.tensor.Shape;

/** What a product is added to: a number times a tensor, copied to the result beforehand. */
final class Addend {
  private final float factor;
  private final Operand from;
  private final Operand to;

  Addend(float factor, Operand from, Operand to) {
    this.factor = factor;
    this.from = from;
    this.to = to;
  }

  void copy() {
    copy(
        0,
        JavaMemory.of(from).floats(),
        (int) from.view().offset(),
        JavaMemory.of(to).floats(),
        (int) to.view().offset());
  }

  private void copy(int axis, float[] source, int sourceAt, float[] target, int targetAt) {
    Shape shape = to.view().shape();
    int sourceStep = (int) from.view().stride(axis);
    int targetStep = (int) to.view().stride(axis);
    for (int i = 0; i < shape.dim(axis); i++) {
      int read = sourceAt + i * sourceStep;
      int write = targetAt + i * targetStep;
      if (axis == shape.rank() - 1) {
        target[write] = factor * source[read];
      } else {
        copy(axis + 1, source, read, target, write);
      }
    }
  }
}
