package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.parallel.CacheLine;
import dev.volute.backend.java.parallel.Workers;
import dev.volute.backend.java.parallel.Workspace;
import dev.volute.backend.java.simd.Products;
import dev.volute.backend.java.simd.RunCopies;
import dev.volute.spi.Kernel;
import dev.volute.tensor.MemoryFormat;
import dev.volute.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The gradient to the filters of a convolution of one group where the output's gradient lies
 * channels last: that, filters by windows, times the image's patches, windows by cells, the
 * channels of a cell side by side. A window's row of cells is a run of the laid-out image; where
 * each window is one pixel of the image, patches are read where they lie.
 *
 * <p>Scratch holds the sums of each slice of the samples, {@code [slices, filters, kernel height,
 * kernel width, channels]}. Uses slots 2 and 3 of the workspace.
 */
final class ChannelsLastFilterGradient implements Kernel {
  /** For people. */
  static final String ALGORITHM = "products of gradients with patches, channels side by side";

  /** Elements of the patches that are multiplied at a time: they fit the second cache. */
  private static final int PATCHES = 1 << 16;

  /** Windows that are multiplied at a time, at most. */
  private static final int WINDOWS = 384;

  private final FilterGradientShape shape;
  private final ConvolutionShape convolution;
  private final Floats image;
  private final PixelImage pixels;
  private final Floats gradient;
  private final Floats result;
  private final Floats sums;
  private final Products products;
  private final Workers workers;
  private final Workspace workspace;
  private final int channels;
  private final int filters;
  private final int cells;
  private final boolean inPlace;
  private final RunCopies copies;
  private final int[] windows;
  private final int[] from;
  private final int[] to;
  private final int[] length;
  private final Workers.Part multiply = this::multiply;
  private final Workers.Part finish = this::finish;

  ChannelsLastFilterGradient(
      FilterGradientShape shape,
      Floats image,
      MemoryFormat imageFormat,
      Floats gradient,
      Floats result,
      Floats scratch,
      Machine machine) {
    this.shape = shape;
    convolution = shape.convolution();
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
    pixels = PixelShape.image(convolution, imageFormat);
    Shape output = convolution.output();
    inPlace =
        convolution.area() == 1
            && pixels.isInPlace()
            && output.equals(convolution.image().with(1, filters));
    copies = machine.simd().runCopies();
    windows = new int[output.dim(2) * output.dim(3)];
    Arrays.setAll(
        windows,
        window ->
            pixels.at(
                window / output.dim(3) * convolution.stride(0),
                window % output.dim(3) * convolution.stride(1)));
    List<int[]> runs = runs();
    from = runs.stream().mapToInt(run -> run[0]).toArray();
    to = runs.stream().mapToInt(run -> run[1]).toArray();
    length = runs.stream().mapToInt(run -> run[2]).toArray();
  }

  /** Where the runs of a patch begin in the laid-out image and in the patch, and their lengths. */
  private List<int[]> runs() {
    List<int[]> runs = new ArrayList<>();
    // Cells that lie side by side with all their channels are one run.
    boolean joined = convolution.dilation(1) == 1;
    int across = joined ? 1 : convolution.kernel(1);
    int whole = joined ? convolution.kernel(1) * channels : channels;
    for (int cell = 0; cell < convolution.kernel(0) * across; cell++) {
      int begin =
          pixels.at(
              cell / across * convolution.dilation(0), cell % across * convolution.dilation(1));
      for (int i = 0; i < whole; i += copies.longest()) {
        int count = Math.min(copies.longest(), whole - i);
        runs.add(new int[] {begin + i, cell * whole + i, count});
      }
    }
    return runs;
  }

  static long scratch(FilterGradientShape shape) {
    return (long) shape.slices() * shape.convolution().filter().elements();
  }

  @Override
  public void run() {
    workers.run(shape.slices(), multiply);
    workers.run(filters, finish);
  }

  private void multiply(int slice) {
    int sumsAt = sums.offset() + slice * filters * cells;
    Arrays.fill(sums.array(), sumsAt, sumsAt + filters * cells, 0f);
    int most = Math.max(16, Math.min(WINDOWS, PATCHES / Math.max(1, cells)));
    if (inPlace) {
      int first = shape.firstSample(slice) * windows.length;
      int end = shape.firstSample(slice + 1) * windows.length;
      for (int window = first; window < end; window += most) {
        int at = image.offset() + window * channels;
        multiply(window, Math.min(most, end - window), image.array(), at, sumsAt);
      }
      return;
    }
    float[] planes = workspace.floats(2, pixels.sampleLength() + copies.overrun());
    float[] patches = workspace.floats(3, most * cells + copies.overrun());
    int filled = 0;
    for (int sample = shape.firstSample(slice); sample < shape.firstSample(slice + 1); sample++) {
      pixels.fill(sample, image, planes, 0);
      for (int window = 0; window < windows.length; ) {
        int count = Math.min(most - filled, windows.length - window);
        copies.copy(
            windows,
            window,
            window + count,
            from,
            to,
            length,
            0,
            from.length,
            planes,
            0,
            patches,
            CacheLine.FIRST + filled * cells,
            cells);
        filled += count;
        window += count;
        boolean last = sample + 1 == shape.firstSample(slice + 1) && window == windows.length;
        if (filled == most || last) {
          int end = sample * windows.length + window;
          multiply(end - filled, filled, patches, CacheLine.FIRST, sumsAt);
          filled = 0;
        }
      }
    }
  }

  /** Adds what some windows give, counted through all samples. */
  private void multiply(int window, int count, float[] patches, int patchesAt, int sumsAt) {
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
        patchesAt,
        cells,
        sums.array(),
        sumsAt,
        cells);
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
        for (int slice = 1; slice < shape.slices(); slice++) {
          sum += sums.array()[from + channel + slice * filters * cells];
        }
        to[at + channel * area] = sum;
      }
    }
  }
}
