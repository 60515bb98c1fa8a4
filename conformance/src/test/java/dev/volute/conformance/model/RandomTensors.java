package dev.volute.conformance.model;

import dev.volute.random.Philox;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import dev.volute.tensor.TensorType;

/** Made-up numbers. */
final class RandomTensors {
  private RandomTensors() {}

  /** Numbers from 0 to 1; the same seed makes the same. */
  static Tensor random(Shape shape, int seed) {
    Tensor tensor = Tensor.zeros(new TensorType(DType.F32, shape));
    new Philox(seed, 0, 0).uniforms(tensor.floats(), 0, tensor.length());
    return tensor;
  }
}
