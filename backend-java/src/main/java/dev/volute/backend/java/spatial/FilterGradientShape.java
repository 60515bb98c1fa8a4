package dev.volute.backend.java.spatial;

import dev.volute.tensor.Shape;

/**
 * How the gradient to the filters of a convolution is divided: into slices of samples, whose sums
 * are added in the end, and ranges of channels (or of groups, if there are several). The division
 * depends on sizes alone, never on threads.
 */
final class FilterGradientShape {
  private static final int PARTS = 16;

  /** The most elements of the slices' sums. */
  private static final int SUMS = 1 << 20;

  /** Columns that are worth a range of their own. */
  private static final int RANGE = 96;

  private final ConvolutionShape convolution;
  private final PlaneLayout layout;
  private final int slices;
  private final int ranges;

  FilterGradientShape(ConvolutionShape convolution) {
    this.convolution = convolution;
    Shape output = convolution.output();
    layout =
        PlaneLayout.single(
            convolution.image().dim(2),
            convolution.image().dim(3),
            convolution.padBefore(0),
            convolution.padBefore(1),
            span(0, output.dim(2)),
            span(1, output.dim(3)));
    long most = SUMS / Math.max(1, convolution.filter().elements());
    slices = (int) Math.max(1, Math.min(Math.min(PARTS, samples()), most));
    int wanted = Math.min(PARTS / slices, units() * unitColumns() / RANGE);
    ranges = Math.max(1, Math.min(wanted, units()));
  }

  private int span(int axis, int outputs) {
    return (outputs - 1) * convolution.stride(axis)
        + (convolution.kernel(axis) - 1) * convolution.dilation(axis)
        + 1;
  }

  ConvolutionShape convolution() {
    return convolution;
  }

  /** How a channel of the image is laid out. */
  PlaneLayout layout() {
    return layout;
  }

  int samples() {
    return convolution.image().dim(0);
  }

  int parts() {
    return slices * ranges;
  }

  int slices() {
    return slices;
  }

  int slice(int part) {
    return part / ranges;
  }

  /** The first sample of a slice. */
  int firstSample(int slice) {
    return (int) ((long) samples() * slice / slices);
  }

  /** What is divided into ranges: the channels, or the groups if there are several. */
  private int units() {
    return convolution.groups() == 1 ? convolution.groupChannels() : convolution.groups();
  }

  private int unitColumns() {
    return convolution.groups() == 1
        ? convolution.kernel(0) * convolution.kernel(1)
        : convolution.cells();
  }

  /** The first channel or group of a part's range; that of the next range is its end. */
  int firstUnit(int part, int next) {
    return (int) ((long) units() * (part % ranges + next) / ranges);
  }

  /** Elements for the sums of all slices but the first, which has the result's place. */
  long scratch() {
    return (slices - 1) * convolution.filter().elements();
  }

  /** Where the windows of a sample begin in its laid-out channels. */
  int[] windows() {
    Shape output = convolution.output();
    int[] windows = new int[output.dim(2) * output.dim(3)];
    for (int i = 0; i < windows.length; i++) {
      int row = i / output.dim(3) * convolution.stride(0);
      int column = i % output.dim(3) * convolution.stride(1);
      windows[i] = row * layout.columns() + column;
    }
    return windows;
  }
}
