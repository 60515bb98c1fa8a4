package dev.volute.backend.java.spatial;

import dev.volute.backend.java.simd.PixelProducts;
import dev.volute.tensor.MemoryFormat;
import dev.volute.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A convolution, or a part of the gradient to its image, as products of windows with filters,
 * channels last.
 *
 * @param groupStep distance of groups in a pixel of the image
 * @param resultChannels of each pixel of the result
 * @param resultLength elements of a sample's result
 * @param windows of a sample
 * @param count how many windows there are, without repetitions
 */
record PixelShape(
    PixelImage image,
    PixelFilters filters,
    int groupStep,
    int resultChannels,
    int resultLength,
    PixelProducts.Windows windows,
    int count) {

  static PixelShape of(ConvolutionShape convolution, MemoryFormat format, PixelProducts products) {
    PixelImage image = image(convolution, format);
    PixelFilters filters =
        new PixelFilters(
            convolution.groups(),
            convolution.groupFilters(),
            products.lanes(),
            convolution.groupFilters() * convolution.cells(),
            convolution.cells(),
            offsets(convolution));
    Shape output = convolution.output();
    int count = output.dim(2) * output.dim(3);
    return new PixelShape(
        image,
        filters,
        convolution.groupChannels(),
        output.dim(1),
        count * output.dim(1),
        windows(convolution, image, products.rows(), filters),
        count);
  }

  /** Whether the gradient to a convolution's image can be computed so. */
  static boolean hasInputGradient(ConvolutionShape convolution, PixelProducts products) {
    return convolution.groups() == 1
        && convolution.groupChannels() >= products.lanes()
        && convolution.image().elements() > 0;
  }

  /**
   * The parts of the gradient to a convolution's image of one group: each phase of the image modulo
   * the strides meets cells of its own, and its pixels are windows over the output's gradient.
   *
   * @param format of the output's gradient
   */
  static List<PixelShape> ofInputGradient(
      ConvolutionShape convolution, MemoryFormat format, PixelProducts products) {
    List<AxisPhase> vertical = convolution.phases(0);
    List<AxisPhase> horizontal = convolution.phases(1);
    int top = Math.max(0, AxisPhase.before(vertical));
    int left = Math.max(0, AxisPhase.before(horizontal));
    Shape output = convolution.output();
    int rows = top + AxisPhase.end(vertical);
    int columns = left + AxisPhase.end(horizontal);
    boolean inside = top == 0 && left == 0 && rows <= output.dim(2) && columns <= output.dim(3);
    PixelImage image =
        inside
            ? new PixelImage(output, format, 0, 0, output.dim(2), output.dim(3))
            : new PixelImage(output, format, top, left, rows, columns);
    List<PixelShape> parts = new ArrayList<>();
    for (AxisPhase down : vertical) {
      for (AxisPhase across : horizontal) {
        if (down.length() > 0 && across.length() > 0) {
          parts.add(inputGradient(convolution, image, down, across, products));
        }
      }
    }
    return parts;
  }

  private static PixelShape inputGradient(
      ConvolutionShape convolution,
      PixelImage image,
      AxisPhase down,
      AxisPhase across,
      PixelProducts products) {
    int filters = convolution.groupFilters();
    int channels = convolution.groupChannels();
    int area = convolution.kernel(0) * convolution.kernel(1);
    int cells = down.cells().length * across.cells().length;
    int[] offsets = new int[cells * filters];
    // A phase that meets no cell has one run of no elements, and so a gradient of 0.
    int[] runs = new int[Math.max(1, cells)];
    for (int cell = 0; cell < cells; cell++) {
      int y = cell / across.cells().length;
      int x = cell % across.cells().length;
      runs[cell] = image.at(image.top() + down.shifts()[y], image.left() + across.shifts()[x]);
      int place = down.cells()[y] * convolution.kernel(1) + across.cells()[x];
      for (int filter = 0; filter < filters; filter++) {
        offsets[cell * filters + filter] = filter * convolution.cells() + place;
      }
    }
    int width = convolution.image().dim(3);
    int count = down.length() * across.length();
    int[] from = new int[(count + products.rows() - 1) / products.rows() * products.rows()];
    int[] to = new int[from.length];
    for (int i = 0; i < from.length; i++) {
      int row = Math.min(i, count - 1) / across.length();
      int column = Math.min(i, count - 1) % across.length();
      from[i] = image.at(row, column);
      int y = down.phase() + row * convolution.stride(0);
      to[i] = (y * width + across.phase() + column * convolution.stride(1)) * channels;
    }
    return new PixelShape(
        image,
        new PixelFilters(1, channels, products.lanes(), 0, area, offsets),
        0,
        channels,
        convolution.image().dim(2) * width * channels,
        PixelProducts.Windows.of(from, to, runs, cells == 0 ? 0 : filters),
        count);
  }

  /** An image as a convolution's windows slide over it. */
  static PixelImage image(ConvolutionShape convolution, MemoryFormat format) {
    Shape image = convolution.image();
    boolean padded = false;
    int[] lengths = new int[2];
    for (int axis = 0; axis < 2; axis++) {
      int steps = (convolution.output().dim(axis + 2) - 1) * convolution.stride(axis);
      lengths[axis] = steps + (convolution.kernel(axis) - 1) * convolution.dilation(axis) + 1;
      padded |= convolution.padBefore(axis) > 0 || lengths[axis] > image.dim(axis + 2);
    }
    return padded
        ? new PixelImage(
            image,
            format,
            convolution.padBefore(0),
            convolution.padBefore(1),
            lengths[0],
            lengths[1])
        : new PixelImage(image, format, 0, 0, image.dim(2), image.dim(3));
  }

  /** The elements of a filter: cell by cell, the channels of a cell side by side. */
  private static int[] offsets(ConvolutionShape convolution) {
    int channels = convolution.groupChannels();
    int area = convolution.kernel(0) * convolution.kernel(1);
    int[] offsets = new int[convolution.cells()];
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = i % channels * area + i / channels;
    }
    return offsets;
  }

  private static PixelProducts.Windows windows(
      ConvolutionShape convolution, PixelImage image, int rows, PixelFilters filters) {
    Shape output = convolution.output();
    int count = output.dim(2) * output.dim(3);
    int[] from = new int[(count + rows - 1) / rows * rows];
    int[] to = new int[from.length];
    int step = filters.isNarrow() ? filters.lanes() : output.dim(1);
    for (int i = 0; i < from.length; i++) {
      int window = Math.min(i, count - 1);
      from[i] =
          image.at(
              window / output.dim(3) * convolution.stride(0),
              window % output.dim(3) * convolution.stride(1));
      to[i] = window * step;
    }
    // Cells that lie side by side with all their channels are one run.
    boolean joined = convolution.groups() == 1 && convolution.dilation(1) == 1;
    int across = joined ? 1 : convolution.kernel(1);
    int[] runs = new int[convolution.kernel(0) * across];
    Arrays.setAll(
        runs,
        run ->
            image.at(
                run / across * convolution.dilation(0), run % across * convolution.dilation(1)));
    int length = convolution.groupChannels() * (joined ? convolution.kernel(1) : 1);
    return PixelProducts.Windows.of(from, to, runs, length);
  }
}
