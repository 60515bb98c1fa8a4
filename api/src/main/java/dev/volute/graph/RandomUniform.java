package dev.volute.graph;

import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.TensorType;
import java.util.List;

/**
 * Numbers in [0, 1), F32, as {@link dev.volute.random.Philox} defines them. The input is the key,
 * I32 {@code [3]}: seed low, seed high, step.
 *
 * @param stream tells apart the uses of one seed
 */
public record RandomUniform(Shape shape, int stream) implements Op {
  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    TensorType key = Arguments.exactly(this, inputs, 1).get(0);
    Arguments.require(
        key.equals(TensorType.i32(3)), "RandomUniform needs a key of I32[3], not %s", key);
    return List.of(new TensorType(DType.F32, shape));
  }

  @Override
  public void gradient(GradientContext context) {}
}
