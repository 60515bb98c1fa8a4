package dev.volute.data;

import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.ShapeException;
import dev.volute.tensor.Tensor;

/** Samples along axis 0 of two tensors. */
record TensorDataset(Tensor inputs, Tensor targets) implements Dataset {

  TensorDataset {
    Shape left = inputs.shape();
    Shape right = targets.shape();
    if (left.rank() == 0 || right.rank() == 0 || left.dim(0) != right.dim(0)) {
      throw new ShapeException(
          "Inputs "
              + inputs.type()
              + " and targets "
              + targets.type()
              + " do not have the same number of samples on axis 0");
    }
  }

  @Override
  public int size() {
    return inputs.shape().dim(0);
  }

  @Override
  public Batch batch(int... samples) {
    return new Batch(rows(inputs, samples), rows(targets, samples));
  }

  private static Tensor rows(Tensor from, int[] samples) {
    Shape shape = from.shape();
    Shape sample = shape.slice(1, shape.rank());
    int width = (int) sample.elements();
    SampleNumbers.require(samples, shape.dim(0));
    Tensor result = Tensor.zeros(from.type().withShape(sample.prepend(samples.length)));
    Object source = values(from);
    Object target = values(result);
    for (int i = 0; i < samples.length; i++) {
      System.arraycopy(source, samples[i] * width, target, i * width, width);
    }
    return result;
  }

  private static Object values(Tensor tensor) {
    DType dtype = tensor.dtype();
    return switch (dtype) {
      case F32 -> tensor.floats();
      case F64 -> tensor.doubles();
      case I32 -> tensor.ints();
    };
  }
}
