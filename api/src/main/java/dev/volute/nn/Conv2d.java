package dev.volute.nn;

import dev.volute.graph.Value;
import dev.volute.graph.composite.Activation;
import dev.volute.graph.composite.Convolution;
import dev.volute.graph.composite.ConvolutionGeometry;
import dev.volute.tensor.Shape;
import java.util.List;

/**
 * Convolution of images: {@code [batch, channels, height, width]} to {@code [batch, filters,
 * outHeight, outWidth]}. As everywhere in the field it is the cross-correlation {@code S(i, j) =
 * sum over m, n of I(i + m, j + n) K(m, n)}, summed over the channels of the filter's group, plus a
 * bias.
 *
 * <p>Parameters: {@code weight [filters, channels / groups, kernelHeight, kernelWidth]}, {@code
 * bias [filters]}.
 */
public record Conv2d(
    int filters,
    int kernelHeight,
    int kernelWidth,
    int stride,
    Padding padding,
    int dilation,
    int groups,
    boolean bias)
    implements Layer {
  public Conv2d {
    Layers.requirePositive("conv2d", "filters", filters);
    Layers.requirePositive("conv2d", "kernel height", kernelHeight);
    Layers.requirePositive("conv2d", "kernel width", kernelWidth);
    Layers.requirePositive("conv2d", "stride", stride);
    Layers.requirePositive("conv2d", "dilation", dilation);
    Layers.requirePositive("conv2d", "groups", groups);
    if (filters % groups != 0) {
      throw new IllegalArgumentException(
          "conv2d: " + filters + " filters cannot be divided into " + groups + " groups");
    }
  }

  public Conv2d stride(int newStride) {
    return new Conv2d(
        filters, kernelHeight, kernelWidth, newStride, padding, dilation, groups, bias);
  }

  public Conv2d padding(Padding newPadding) {
    return new Conv2d(
        filters, kernelHeight, kernelWidth, stride, newPadding, dilation, groups, bias);
  }

  public Conv2d dilation(int newDilation) {
    return new Conv2d(
        filters, kernelHeight, kernelWidth, stride, padding, newDilation, groups, bias);
  }

  public Conv2d groups(int newGroups) {
    return new Conv2d(
        filters, kernelHeight, kernelWidth, stride, padding, dilation, newGroups, bias);
  }

  public Conv2d withoutBias() {
    return new Conv2d(filters, kernelHeight, kernelWidth, stride, padding, dilation, groups, false);
  }

  @Override
  public Value apply(Value x, LayerScope scope) {
    return scope.within(
        () -> {
          Shape input = Layers.image(x, scope);
          int channels = input.dim(1);
          if (channels % groups != 0) {
            throw scope.misfit(
                "%d channels of %s cannot be divided into %d groups"
                    .formatted(channels, input, groups));
          }
          Shape shape = Shape.of(filters, channels / groups, kernelHeight, kernelWidth);
          long fanIn = (long) channels / groups * kernelHeight * kernelWidth;
          Value weight = scope.parameter("weight", shape, Initializer.fanIn(fanIn));
          Convolution convolution =
              new Convolution(geometry(input, scope), bias, Activation.IDENTITY);
          return bias
              ? x.apply(
                  convolution,
                  weight,
                  scope.parameter("bias", Shape.of(filters), Initializer.fanIn(fanIn)))
              : x.apply(convolution, weight);
        });
  }

  private ConvolutionGeometry geometry(Shape input, LayerScope scope) {
    int spanHeight = (kernelHeight - 1) * dilation + 1;
    int spanWidth = (kernelWidth - 1) * dilation + 1;
    int[] vertical = padding.amounts(0, input.dim(2), spanHeight, stride);
    int[] horizontal = padding.amounts(1, input.dim(3), spanWidth, stride);
    Layers.requireFit(scope, "kernel", input, spanHeight, spanWidth, vertical, horizontal);
    return new ConvolutionGeometry(
        List.of(stride, stride),
        List.of(vertical[0], horizontal[0]),
        List.of(vertical[1], horizontal[1]),
        List.of(dilation, dilation),
        groups);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("conv2d(" + filters + ", ");
    text.append(kernelHeight).append('x').append(kernelWidth);
    text.append(stride == 1 ? "" : ", stride " + stride);
    text.append(padding.equals(Padding.valid()) ? "" : ", padding " + padding);
    text.append(dilation == 1 ? "" : ", dilation " + dilation);
    text.append(groups == 1 ? "" : ", groups " + groups);
    return text.append(bias ? ")" : ", no bias)").toString();
  }
}
