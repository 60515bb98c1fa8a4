package dev.volute.nn;

import dev.volute.graph.Unary;
import dev.volute.graph.Value;
import dev.volute.graph.composite.RecurrentCell;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;

/** The layers, under the names by which networks are written; meant for a static import. */
public final class Layers {
  private Layers() {}

  /**
   * Convolution with square kernels, stride 1, no padding, a bias; see {@link Conv2d}'s methods.
   */
  public static Conv2d conv2d(int filters, int kernel) {
    return new Conv2d(filters, kernel, kernel, 1, Padding.valid(), 1, 1, true);
  }

  /** Max pooling with square windows that do not overlap. */
  public static Pool2d maxPool2d(int window) {
    return new Pool2d(false, window, window, Padding.valid(), true);
  }

  /** Average pooling with square windows that do not overlap. */
  public static Pool2d averagePool2d(int window) {
    return new Pool2d(true, window, window, Padding.valid(), true);
  }

  public static GlobalAveragePool globalAveragePool() {
    return new GlobalAveragePool();
  }

  public static Elementwise relu() {
    return new Elementwise(Unary.Function.RELU);
  }

  public static Relu6 relu6() {
    return new Relu6();
  }

  public static Elementwise tanh() {
    return new Elementwise(Unary.Function.TANH);
  }

  public static Elementwise sigmoid() {
    return new Elementwise(Unary.Function.SIGMOID);
  }

  public static Softmax softmax() {
    return new Softmax();
  }

  public static Flatten flatten() {
    return new Flatten();
  }

  public static Dense dense(int units) {
    return new Dense(units, true);
  }

  /** Batch normalisation with momentum 0.1 and epsilon 1e-5. */
  public static BatchNorm batchNorm() {
    return new BatchNorm(0.1, 1e-5);
  }

  public static Dropout dropout(double rate) {
    return new Dropout(rate);
  }

  public static Embedding embedding(int vocabulary, int size) {
    return new Embedding(vocabulary, size);
  }

  /** A simple recurrent layer with tanh. */
  public static RecurrentLayer rnn(int units) {
    return new RecurrentLayer(RecurrentCell.TANH, units);
  }

  public static RecurrentLayer lstm(int units) {
    return new RecurrentLayer(RecurrentCell.LSTM, units);
  }

  /** A GRU that resets before the matrix product, as in the textbook equations. */
  public static RecurrentLayer gru(int units) {
    return new RecurrentLayer(RecurrentCell.GRU, units);
  }

  /** A GRU that resets after the matrix product, as weights from other frameworks need it. */
  public static RecurrentLayer gruResetAfter(int units) {
    return new RecurrentLayer(RecurrentCell.GRU_RESET_AFTER, units);
  }

  /** A recurrent layer in both directions, side by side: twice as many features come out. */
  public static Bidirectional bidirectional(RecurrentLayer layer) {
    return new Bidirectional(layer);
  }

  public static LastStep lastStep() {
    return new LastStep();
  }

  /** {@code body(x) + x}. */
  public static Residual residual(Layer body) {
    return new Residual(body, Network.of());
  }

  /** {@code body(x) + shortcut(x)}. */
  public static Residual residual(Layer body, Layer shortcut) {
    return new Residual(body, shortcut);
  }

  /** A layer under a name of its own in paths. */
  public static Layer named(String name, Layer layer) {
    return new Named(name, layer);
  }

  static void requirePositive(String layer, String what, int number) {
    if (number < 1) {
      throw new IllegalArgumentException(layer + ": " + what + " is at least 1, not " + number);
    }
  }

  /** The shape of a batch of images. */
  static Shape image(Value x, LayerScope scope) {
    if (x.shape().rank() != 4 || x.dtype() != DType.F32) {
      throw scope.misfit("needs F32 [batch, channels, height, width], not " + x.type());
    }
    return x.shape();
  }

  static void requireFit(
      LayerScope scope,
      String what,
      Shape image,
      int height,
      int width,
      int[] vertical,
      int[] horizontal) {
    if (image.dim(2) + vertical[0] + vertical[1] < height
        || image.dim(3) + horizontal[0] + horizontal[1] < width) {
      throw scope.misfit(
          "a %s of %dx%d does not fit into the %dx%d image of %s (padding %d+%d, %d+%d); it needs a larger image, a smaller %s or padding"
              .formatted(
                  what,
                  height,
                  width,
                  image.dim(2),
                  image.dim(3),
                  image,
                  vertical[0],
                  vertical[1],
                  horizontal[0],
                  horizontal[1],
                  what));
    }
  }
}
