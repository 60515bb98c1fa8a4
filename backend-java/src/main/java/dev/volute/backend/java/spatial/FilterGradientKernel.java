package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.parallel.CacheLine;
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
 * windows, times the image's patches, windows by cells. Both are copied for some windows at a time,
 * of one sample or of several. Uses slots 1 to 3 of the workspace.
 */
final class FilterGradientKernel implements Kernel {
  /** Elements of the patches that are multiplied at a time: they fit the second cache. */
  private static final int PATCHES = 1 << 17;

  /** Windows that are multiplied at a time, at most. */
  private static final int WINDOWS = 384;

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
    if (convolution.groups() == 1) {
      addSlice(slice, 0, first, end - first, c, cAt + first * kernel);
    } else {
      for (int group = first; group < end; group++) {
        int at = cAt + group * groupElements();
        addSlice(slice, group, 0, convolution.groupChannels(), c, at);
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

  /** Adds what some channels of a group give in the samples of a slice. */
  private void addSlice(int slice, int group, int firstChannel, int channels, float[] c, int cAt) {
    PlaneLayout layout = shape.layout();
    int firstSample = shape.firstSample(slice);
    int lastSample = shape.firstSample(slice + 1);
    int columns = channels * convolution.kernel(0) * convolution.kernel(1);
    int filters = convolution.groupFilters();
    int height = products.panelRows();
    long all = (long) (lastSample - firstSample) * windows.length;
    int most = (int) Math.min(all, Math.min(WINDOWS, Math.max(16, PATCHES / columns)));
    float[] planes = workspace.floats(2, channels * layout.length() + copies.overrun());
    float[] patches = workspace.floats(3, most * columns + copies.overrun());
    float[] panels = workspace.floats(1, (filters + height - 1) / height * height * most);
    int filled = 0;
    for (int sample = firstSample; sample < lastSample; sample++) {
      int channel =
          sample * convolution.image().dim(1) + group * convolution.groupChannels() + firstChannel;
      int from = image.offset() + channel * layout.height() * layout.width();
      layout.fill(channels, image.array(), from, planes, 0, copies);
      int filter = sample * convolution.filter().dim(0) + group * filters;
      int gradientAt = gradient.offset() + filter * windows.length;
      for (int window = 0; window < windows.length; ) {
        int count = Math.min(most - filled, windows.length - window);
        copies.copy(
            windows,
            window,
            window + count,
            this.from,
            to,
            length,
            0,
            channels * channelRuns,
            planes,
            0,
            patches,
            CacheLine.FIRST + filled * columns,
            columns);
        pack(count, gradientAt + window, panels, filled, most);
        filled += count;
        window += count;
        if (filled == most || sample + 1 == lastSample && window == windows.length) {
          products.multiplyAdd(
              filters,
              columns,
              filled,
              panels,
              0,
              height * most,
              1,
              height,
              patches,
              CacheLine.FIRST,
              columns,
              c,
              cAt,
              convolution.cells());
          filled = 0;
        }
      }
    }
  }

  /** Packs a group's gradient at some windows behind what is already in the panels. */
  private void pack(int count, int gradientAt, float[] panels, int filled, int most) {
    int height = products.panelRows();
    for (int filter = 0; filter < convolution.groupFilters(); filter++) {
      int to = (filter / height * most + filled) * height + filter % height;
      int from = gradientAt + filter * windows.length;
      for (int i = 0; i < count; i++) {
        panels[to + i * height] = gradient.array()[from + i];
      }
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
