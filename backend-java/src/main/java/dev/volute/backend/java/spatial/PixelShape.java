package dev.volute.backend.java.spatial;

import dev.volute.backend.java.simd.PixelProducts;
import dev.volute.tensor.MemoryFormat;
import dev.volute.tensor.Shape;
import java.util.Arrays;

/**
 * A convolution as products of windows with filters, channels last.
 *
 * @param windows of a sample
 * @param count how many windows there are, without repetitions
 */
record PixelShape(
    ConvolutionShape convolution,
    PixelImage image,
    PixelFilters filters,
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
        convolution, image, filters, windows(convolution, image, products.rows(), filters), count);
  }

  private static PixelImage image(ConvolutionShape convolution, MemoryFormat format) {
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
    return new PixelProducts.Windows(from, to, runs, length);
  }
}
