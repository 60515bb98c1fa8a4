package dev.volute.bench;

import static dev.volute.nn.Layers.conv2d;
import static dev.volute.nn.Layers.dense;
import static dev.volute.nn.Layers.embedding;
import static dev.volute.nn.Layers.flatten;
import static dev.volute.nn.Layers.lstm;
import static dev.volute.nn.Layers.maxPool2d;
import static dev.volute.nn.Layers.relu;

import dev.volute.nn.Network;
import dev.volute.random.Philox;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import dev.volute.tensor.TensorType;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A network and the batches that it is trained on, all of them synthetic.
 *
 * @param sample shape of one sample
 * @param classes of which the network tells one for each label
 * @param labels how many labels a sample has
 * @param clip norm to which the gradients are clipped; infinite: they are not
 */
record Workload(
    String name,
    Network network,
    TensorType sample,
    int batch,
    int labels,
    int classes,
    double clip) {
  private static final long SEED = 1;

  static final List<Workload> ALL =
      List.of(
          new Workload(
              "lenet-train",
              Network.of(
                  conv2d(20, 5),
                  relu(),
                  maxPool2d(2),
                  conv2d(50, 5),
                  relu(),
                  maxPool2d(2),
                  flatten(),
                  dense(500),
                  relu(),
                  dense(10)),
              TensorType.f32(1, 28, 28),
              64,
              1,
              10,
              Double.POSITIVE_INFINITY),
          new Workload(
              "lstm-charlm-train",
              Network.of(embedding(96, 128), lstm(256), lstm(256), dense(96)),
              TensorType.i32(100),
              32,
              100,
              96,
              1));

  static Workload named(String name) {
    return ALL.stream()
        .filter(each -> each.name.equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "There is no workload "
                        + name
                        + "; there are "
                        + ALL.stream().map(Workload::name).collect(Collectors.joining(", "))));
  }

  /** A batch of uniform pixels, or of uniform characters. */
  Tensor inputs() {
    Shape shape = sample.shape().prepend(batch);
    if (sample.dtype() == DType.I32) {
      return Tensor.of(shape, integers(shape, 1));
    }
    Tensor pixels = Tensor.zeros(sample.withShape(shape));
    new Philox(SEED, 0, 0).uniforms(pixels.floats(), 0, pixels.length());
    return pixels;
  }

  /** The labels of all samples behind one another. */
  Tensor targets() {
    Shape shape = Shape.of(batch * labels);
    return Tensor.of(shape, integers(shape, 2));
  }

  private int[] integers(Shape shape, int stream) {
    Philox random = new Philox(SEED, stream, 0);
    int[] values = new int[Math.toIntExact(shape.elements())];
    Arrays.setAll(values, i -> random.integer(i, classes));
    return values;
  }
}
