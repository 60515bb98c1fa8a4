package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.parallel.Workers;
import dev.volute.backend.java.parallel.Workspace;
import dev.volute.backend.java.simd.FloatMap;
import dev.volute.backend.java.simd.Products;
import dev.volute.backend.java.simd.RunCopies;
import dev.volute.graph.Binary;
import dev.volute.spi.Kernel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The gradient to a convolution's filters as a matrix product: the output's gradient, filters by
 * windows, times the image's patches, windows by cells. The patches of some windows at a time are
 * copied from the laid-out channels. Uses slots 2 and 3 of the workspace.
 */
final class FilterGradientKernel implements Kernel {
  /** Elements of the patches that are copied at a time. */
  private static final int PATCHES = 1 << 16;

  private static final int ADDED_AT_ONCE = 1 << 14;

  private final FilterGradientShape shape;
  private final ConvolutionShape convolution;
  private final Floats image;
  private final Floats gradient;
  private final Floats result;
  private final Floats sums;
  private final Workers workers;
  private final Workspace workspace;
  private final Products products;
  private final RunCopies copies;
  private final FloatMap add;
  private final int[] windows;
  private final int[] from;
  private final int[] to;
  private final int[] length;
  private final int channelRuns;
  private final Workers.Part multiply = this::multiply;
  private final Workers.Part addUp = this::addUp;

  FilterGradientKernel(
      FilterGradientShape shape,
      Floats image,
      Floats gradient,
      Floats result,
      Floats scratch,
      Machine machine) {
    this.shape = shape;
    this.convolution = shape.convolution();
    this.image = image;
    this.gradient = gradient;
    this.result = result;
    this.sums = scratch;
    workers = machine.workers();
    workspace = workers.workspace();
    products = machine.simd().products();
    copies = machine.simd().runCopies();
    add = machine.simd().elementwise().binary(Binary.Function.ADD);
    windows = shape.windows();
    // A row of the kernel is one run if its cells lie side by side.
    int longest = convolution.dilation(1) == 1 ? copies.longest() : 1;
    List<int[]> runs = new ArrayList<>();
    for (int channel = 0; channel < convolution.groupChannels(); channel++) {
      channelRuns(runs, channel, longest);
    }
    from = runs.stream().mapToInt(run -> run[0]).toArray();
    to = runs.stream().mapToInt(run -> run[1]).toArray();
    length = runs.stream().mapToInt(run -> run[2]).toArray();
    channelRuns = runs.size() / Math.max(1, convolution.groupChannels());
  }

  private void channelRuns(List<int[]> runs, int channel, int longest) {
    int width = convolution.kernel(1);
    for (int y = 0; y < convolution.kernel(0); y++) {
      int line =
          channel * shape.layout().length()
              + y * convolution.dilation(0) * shape.layout().columns();
      for (int x = 0; x < width; ) {
        int count = Math.min(longest, width - x);
        int place = (channel * convolution.kernel(0) + y) * width + x;
        runs.add(new int[] {line + x * convolution.dilation(1), place, count});
        x += count;
      }
    }
  }

  @Override
  public void run() {
    workers.run(shape.parts(), multiply);
    if (shape.slices() > 1) {
      int elements = elements();
      workers.run((elements + ADDED_AT_ONCE - 1) / ADDED_AT_ONCE, addUp);
    }
  }

  private int elements() {
    return convolution.filter().dim(0) * convolution.cells();
  }

  private void multiply(int part) {
    int slice = shape.slice(part);
    float[] c = slice == 0 ? result.array() : sums.array();
    int cAt = slice == 0 ? result.offset() : sums.offset() + (slice - 1) * elements();
    int first = shape.firstUnit(part, 0);
    int end = shape.firstUnit(part, 1);
    int kernel = convolution.kernel(0) * convolution.kernel(1);
    if (convolution.groups() == 1) {
      clear(convolution.filter().dim(0), (end - first) * kernel, c, cAt + first * kernel);
    } else {
      int filters = convolution.groupFilters() * (end - first);
      clear(filters, convolution.cells(), c, cAt + first * groupElements());
    }
    int last = shape.firstSample(slice + 1);
    for (int sample = shape.firstSample(slice); sample < last; sample++) {
      if (convolution.groups() == 1) {
        addSample(sample, 0, first, end - first, c, cAt + first * kernel);
      } else {
        for (int group = first; group < end; group++) {
          int at = cAt + group * groupElements();
          addSample(sample, group, 0, convolution.groupChannels(), c, at);
        }
      }
    }
  }

  private int groupElements() {
    return convolution.groupFilters() * convolution.cells();
  }

  private void clear(int rows, int columns, float[] c, int cAt) {
    for (int row = 0; row < rows; row++) {
      int at = cAt + row * convolution.cells();
      Arrays.fill(c, at, at + columns, 0f);
    }
  }

  /** Adds what some channels of a group of one sample give. */
  private void addSample(
      int sample, int group, int firstChannel, int channels, float[] c, int cAt) {
    PlaneLayout layout = shape.layout();
    float[] planes = workspace.floats(2, channels * layout.length() + copies.overrun());
    int channel =
        sample * convolution.image().dim(1) + group * convolution.groupChannels() + firstChannel;
    int from = image.offset() + channel * layout.height() * layout.width();
    layout.fill(channels, image.array(), from, planes, 0);
    int columns = channels * convolution.kernel(0) * convolution.kernel(1);
    int runs = channels * channelRuns;
    int filter = sample * convolution.filter().dim(0) + group * convolution.groupFilters();
    int gradientAt = gradient.offset() + filter * windows.length;
    int pieces = (int) ((long) windows.length * columns / PATCHES) + 1;
    int most = (windows.length + pieces - 1) / pieces;
    float[] patches = workspace.floats(3, most * columns + copies.overrun());
    for (int window = 0; window < windows.length; window += most) {
      int end = Math.min(window + most, windows.length);
      copies.copy(
          windows, window, end, this.from, to, length, 0, runs, planes, 0, patches, 0, columns);
      products.multiplyAdd(
          convolution.groupFilters(),
          columns,
          end - window,
          gradient.array(),
          gradientAt + window,
          products.panelRows() * windows.length,
          windows.length,
          1,
          patches,
          0,
          columns,
          c,
          cAt,
          convolution.cells());
    }
  }

  private void addUp(int part) {
    int first = part * ADDED_AT_ONCE;
    int count = Math.min(ADDED_AT_ONCE, elements() - first);
    for (int slice = 1; slice < shape.slices(); slice++) {
      int from = sums.offset() + (slice - 1) * elements() + first;
      int at = result.offset() + first;
      add.run(count, result.array(), at, result.array(), at, sums.array(), from);
    }
  }
}
