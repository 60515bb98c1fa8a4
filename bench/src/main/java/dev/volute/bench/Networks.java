package dev.volute.bench;

import static dev.volute.nn.Layers.batchNorm;
import static dev.volute.nn.Layers.conv2d;
import static dev.volute.nn.Layers.dense;
import static dev.volute.nn.Layers.embedding;
import static dev.volute.nn.Layers.flatten;
import static dev.volute.nn.Layers.globalAveragePool;
import static dev.volute.nn.Layers.lastStep;
import static dev.volute.nn.Layers.lstm;
import static dev.volute.nn.Layers.maxPool2d;
import static dev.volute.nn.Layers.relu;
import static dev.volute.nn.Layers.relu6;
import static dev.volute.nn.Layers.residual;

import dev.volute.nn.Layer;
import dev.volute.nn.Network;
import dev.volute.nn.Padding;
import java.util.ArrayList;
import java.util.List;

/** The networks of the workloads. */
final class Networks {
  private Networks() {}

  static Network lenet() {
    return Network.of(
        conv2d(20, 5),
        relu(),
        maxPool2d(2),
        conv2d(50, 5),
        relu(),
        maxPool2d(2),
        flatten(),
        dense(500),
        relu(),
        dense(10));
  }

  static Network characterModel() {
    return Network.of(embedding(96, 128), lstm(256), lstm(256), dense(96));
  }

  /** A recurrent layer and a dense one on its last step. */
  static Network last(Layer recurrent, int outputs) {
    return Network.of(recurrent, lastStep(), dense(outputs));
  }

  /** Residual network for images of 32 x 32 (He and others, 2016): three stages of three blocks. */
  static Network resNet20() {
    List<Layer> layers = new ArrayList<>(List.of(normed(16, 3, 1, 1), relu()));
    int channels = 16;
    for (int width : new int[] {16, 32, 64}) {
      for (int block = 0; block < 3; block++) {
        layers.add(basic(channels, width, block == 0 && width != 16 ? 2 : 1));
        channels = width;
      }
    }
    return headed(layers, 10);
  }

  /** Three blocks of two convolutions each, as VGG has them, with batch normalisation. */
  static Network vggBlocks() {
    List<Layer> layers = new ArrayList<>();
    for (int width : new int[] {64, 128, 256}) {
      for (int i = 0; i < 2; i++) {
        layers.add(conv2d(width, 3).padding(Padding.same()));
        layers.add(batchNorm());
        layers.add(relu());
      }
      layers.add(maxPool2d(2));
    }
    return headed(layers, 10);
  }

  static Network resNet18() {
    return resNet(new int[] {2, 2, 2, 2}, false);
  }

  static Network resNet50() {
    return resNet(new int[] {3, 4, 6, 3}, true);
  }

  private static Network resNet(int[] blocks, boolean bottleneck) {
    List<Layer> layers =
        new ArrayList<>(
            List.of(normed(64, 7, 2, 1), relu(), maxPool2d(3).stride(2).padding(Padding.of(1))));
    int channels = 64;
    for (int stage = 0; stage < blocks.length; stage++) {
      int width = 64 << stage;
      for (int block = 0; block < blocks[stage]; block++) {
        int stride = block == 0 && stage > 0 ? 2 : 1;
        layers.add(
            bottleneck ? bottleneck(channels, width, stride) : basic(channels, width, stride));
        channels = bottleneck ? 4 * width : width;
      }
    }
    return headed(layers, 1000);
  }

  /** MobileNetV2 (Sandler and others, 2018). */
  static Network mobileNetV2() {
    int[][] stages = {
      {1, 16, 1, 1},
      {6, 24, 2, 2},
      {6, 32, 3, 2},
      {6, 64, 4, 2},
      {6, 96, 3, 1},
      {6, 160, 3, 2},
      {6, 320, 1, 1}
    };
    List<Layer> layers = new ArrayList<>(List.of(normed(32, 3, 2, 1), relu6()));
    int channels = 32;
    for (int[] stage : stages) {
      for (int block = 0; block < stage[2]; block++) {
        int stride = block == 0 ? stage[3] : 1;
        Layer body = invertedBottleneck(channels, stage[0], stage[1], stride);
        layers.add(stride == 1 && channels == stage[1] ? residual(body) : body);
        channels = stage[1];
      }
    }
    layers.add(normed(1280, 1, 1, 1));
    layers.add(relu6());
    return headed(layers, 1000);
  }

  private static Layer invertedBottleneck(int channels, int expansion, int filters, int stride) {
    int wide = channels * expansion;
    List<Layer> layers = new ArrayList<>();
    if (expansion != 1) {
      layers.add(normed(wide, 1, 1, 1));
      layers.add(relu6());
    }
    layers.add(normed(wide, 3, stride, wide));
    layers.add(relu6());
    layers.add(normed(filters, 1, 1, 1));
    return new Network(layers);
  }

  private static Layer basic(int channels, int filters, int stride) {
    Layer body = Network.of(normed(filters, 3, stride, 1), relu(), normed(filters, 3, 1, 1));
    return block(body, channels, filters, stride);
  }

  private static Layer bottleneck(int channels, int width, int stride) {
    Layer body =
        Network.of(
            normed(width, 1, 1, 1),
            relu(),
            normed(width, 3, stride, 1),
            relu(),
            normed(4 * width, 1, 1, 1));
    return block(body, channels, 4 * width, stride);
  }

  private static Layer block(Layer body, int channels, int filters, int stride) {
    Layer sum =
        stride == 1 && channels == filters
            ? residual(body)
            : residual(body, normed(filters, 1, stride, 1));
    return Network.of(sum, relu());
  }

  /**
   * A convolution that keeps the size but for its stride, without bias, and batch normalisation.
   */
  private static Layer normed(int filters, int kernel, int stride, int groups) {
    return Network.of(
        conv2d(filters, kernel)
            .stride(stride)
            .padding(Padding.of(kernel / 2))
            .groups(groups)
            .withoutBias(),
        batchNorm());
  }

  private static Network headed(List<Layer> layers, int classes) {
    List<Layer> all = new ArrayList<>(layers);
    all.add(globalAveragePool());
    all.add(dense(classes));
    return new Network(all);
  }
}
