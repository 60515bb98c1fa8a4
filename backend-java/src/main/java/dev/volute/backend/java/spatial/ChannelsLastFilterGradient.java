package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.parallel.Workers;
import dev.volute.backend.java.parallel.Workspace;
import dev.volute.backend.java.simd.Products;
import dev.volute.spi.Kernel;
import dev.volute.tensor.Shape;
import java.util.Arrays;

/**
 * The gradient to the filters of a convolution of one group whose operands lie channels last: the
 * output's gradient, filters by windows, times the image's patches, windows by cells, the channels
 * of a cell side by side. A window's row of cells is one run of the image; where each window is one
 * pixel of the image, patches are read where they lie.
 *
 * <p>Scratch holds the sums of each slice of the samples, {@code [slices, filters, kernel height,
 * kernel width, channels]}. Uses slot 3 of the workspace.
 */
final class ChannelsLastFilterGradient implements Kernel {
  /** For people. */
  static final String ALGORITHM = "products of gradients with patches, channels side by side";

  /** Elements of the patches that are multiplied at a time: they fit the second cache. */
  private static final int PATCHES = 1 << 16;

  /** Windows that are multiplied at a time, at most. */
  private static final int WINDOWS = 384;

  private static final int SLICES = 16;

  /** The most elements of the slices' sums. */
  private static final int SUMS = 1 << 20;

  private final ConvolutionShape convolution;
  private final Floats image;
  private final Floats gradient;
  private final Floats result;
  private final Floats sums;
  private final Products products;
  private final Workers workers;
  private final Workspace workspace;
  private final int channels;
  private final int filters;
  private final int cells;
  private final int slices;
  private final boolean inPlace;
  private final Workers.Part multiply = this::multiply;
  private final Workers.Part finish = this::finish;

  ChannelsLastFilterGradient(
      ConvolutionShape convolution,
      Floats image,
      Floats gradient,
      Floats result,
      Floats scratch,
      Machine machine) {
    this.convolution = convolution;
    this.image = image;
    this.gradient = gradient;
    this.result = result;
    sums = scratch;
    products = machine.simd().products();
    workers = machine.workers();
    workspace = workers.workspace();
    channels = convolution.groupChannels();
    filters = convolution.groupFilters();
    cells = convolution.cells();
    slices = slices(convolution);
    Shape output = convolution.output();
    inPlace =
        convolution.kernel(0) * convolution.kernel(1) == 1
            && output.equals(convolution.image().with(1, filters));
  }

  static long scratch(ConvolutionShape convolution) {
    return (long) slices(convolution) * convolution.filter().elements();
  }

  private static int slices(ConvolutionShape convolution) {
    long most = SUMS / Math.max(1, convolution.filter().elements());
    int samples = convolution.image().dim(0);
    return (int) Math.max(1, Math.min(Math.min(SLICES, samples), most));
  }

  private int firstSample(int slice) {
    return (int) ((long) convolution.image().dim(0) * slice / slices);
  }

  @Override
  public void run() {
    workers.run(slices, multiply);
    workers.run(filters, finish);
  }

  private void multiply(int slice) {
    int sumsAt = sums.offset() + slice * filters * cells;
    Arrays.fill(sums.array(), sumsAt, sumsAt + filters * cells, 0f);
    Shape output = convolution.output();
    int windows = output.dim(2) * output.dim(3);
    int first = firstSample(slice) * windows;
    int end = firstSample(slice + 1) * windows;
    int most = Math.max(16, Math.min(WINDOWS, PATCHES / Math.max(1, cells)));
    float[] patches = inPlace ? image.array() : workspace.floats(3, most * cells);
    for (int window = first; window < end; window += most) {
      int count = Math.min(most, end - window);
      if (!inPlace) {
        for (int i = 0; i < count; i++) {
          gather(window + i, patches, i * cells);
        }
      }
      products.multiplyAdd(
          filters,
          cells,
          count,
          gradient.array(),
          gradient.offset() + window * filters,
          products.panelRows(),
          1,
          filters,
          patches,
          inPlace ? image.offset() + window * channels : 0,
          cells,
          sums.array(),
          sumsAt,
          cells);
    }
  }

  /** Copies the patch of a window, counted through all samples. */
  private void gather(int window, float[] patches, int patchAt) {
    Shape output = convolution.output();
    int row = window / output.dim(3) % output.dim(2);
    int left = window % output.dim(3) * convolution.stride(1) - convolution.padBefore(1);
    int sample = window / (output.dim(2) * output.dim(3));
    int height = convolution.image().dim(2);
    int width = convolution.image().dim(3);
    int across = convolution.kernel(1) * channels;
    int at = patchAt;
    for (int ky = 0; ky < convolution.kernel(0); ky++, at += across) {
      int y = row * convolution.stride(0) - convolution.padBefore(0) + ky * convolution.dilation(0);
      if (y < 0 || y >= height) {
        Arrays.fill(patches, at, at + across, 0f);
        continue;
      }
      int line = image.offset() + (sample * height + y) * width * channels;
      int step = convolution.dilation(1);
      if (left >= 0 && left + (convolution.kernel(1) - 1) * step < width && step == 1) {
        System.arraycopy(image.array(), line + left * channels, patches, at, across);
        continue;
      }
      for (int kx = 0; kx < convolution.kernel(1); kx++) {
        int x = left + kx * step;
        int to = at + kx * channels;
        if (x < 0 || x >= width) {
          Arrays.fill(patches, to, to + channels, 0f);
        } else {
          System.arraycopy(image.array(), line + x * channels, patches, to, channels);
        }
      }
    }
  }

  /** Adds up the slices of a filter, and brings each channel's cells together. */
  private void finish(int filter) {
    int area = convolution.kernel(0) * convolution.kernel(1);
    float[] to = result.array();
    for (int cell = 0; cell < area; cell++) {
      int at = result.offset() + filter * cells + cell;
      int from = sums.offset() + filter * cells + cell * channels;
      for (int channel = 0; channel < channels; channel++) {
        float sum = sums.array()[from + channel];
        for (int slice = 1; slice < slices; slice++) {
          sum += sums.array()[from + channel + slice * filters * cells];
        }
        to[at + channel * area] = sum;
      }
    }
  }
}
