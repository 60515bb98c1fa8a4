package dev.volute.bench.kernel;

import dev.volute.graph.composite.Activation;
import dev.volute.graph.composite.Convolution;
import dev.volute.graph.composite.ConvolutionFilterGradient;
import dev.volute.graph.composite.ConvolutionGeometry;
import dev.volute.graph.composite.ConvolutionInputGradient;
import dev.volute.tensor.Shape;
import dev.volute.tensor.TensorType;
import java.util.List;
import org.openjdk.jmh.annotations.Param;

/** Convolutions as networks have them, one layer for each way to compute them. */
public class Convolutions extends KernelBenchmark {
  /** A layer: square images and filters, padded so that stride 1 keeps the size. */
  public enum Layer {
    /** Blocks of VGG's kind: 3x3 at stride 1, many images. */
    VGG_3X3(64, 64, 64, 32, 3, 1, 1),
    /** A late layer of ResNet-18: 3x3 at stride 1, one small image of many channels. */
    RESNET18_3X3(1, 256, 256, 14, 3, 1, 1),
    /** ResNet-20's first layers: 3x3 at stride 1, few channels. */
    RESNET20_3X3(128, 16, 16, 32, 3, 1, 1),
    /** 3x3 at stride 2. */
    RESNET20_STRIDED(128, 16, 32, 32, 3, 2, 1),
    /** LeNet's second layer. */
    LENET_5X5(64, 20, 50, 12, 5, 1, 1),
    /** The first layer of ResNets for photographs: 7x7 at stride 2. */
    RESNET_7X7(1, 3, 64, 224, 7, 2, 1),
    /** A product of matrices. */
    BOTTLENECK_1X1(1, 256, 64, 56, 1, 1, 1),
    /** A filter for each channel. */
    DEPTHWISE_3X3(1, 96, 96, 112, 3, 1, 96);

    private final TensorType image;
    private final TensorType filter;
    private final ConvolutionGeometry geometry;

    Layer(int batch, int channels, int filters, int size, int kernel, int stride, int groups) {
      image = TensorType.f32(batch, channels, size, size);
      filter = TensorType.f32(filters, channels / groups, kernel, kernel);
      List<Integer> padding = List.of(kernel / 2, kernel / 2);
      geometry =
          new ConvolutionGeometry(List.of(stride, stride), padding, padding, List.of(1, 1), groups);
    }
  }

  /** What is computed of a layer. */
  public enum Pass {
    /** Forward, in a training step. */
    FORWARD,
    /** Forward with constant filters, as predictions have it. */
    PREDICTION,
    /** The gradient to the image. */
    INPUT_GRADIENT,
    /** The gradient to the filters. */
    FILTER_GRADIENT
  }

  /** Sizes. */
  @Param public Layer layer = Layer.VGG_3X3;

  /** Direction. */
  @Param public Pass pass = Pass.FORWARD;

  @Override
  Work work() {
    TensorType image = layer.image;
    TensorType filter = layer.filter;
    ConvolutionGeometry geometry = layer.geometry;
    Shape result = geometry.output(image.shape(), filter.shape());
    Work forward = Work.of(new Convolution(geometry, false, Activation.IDENTITY), image, filter);
    return switch (pass) {
      case FORWARD -> forward;
      case PREDICTION -> forward.withConstants();
      case INPUT_GRADIENT ->
          Work.of(
              new ConvolutionInputGradient(geometry, image.shape()),
              filter,
              image.withShape(result));
      case FILTER_GRADIENT ->
          Work.of(
              new ConvolutionFilterGradient(geometry, filter.shape()),
              image,
              image.withShape(result));
    };
  }
}
