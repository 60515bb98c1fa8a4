package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.parallel.Workers;
import dev.volute.backend.java.parallel.Workspace;
import dev.volute.backend.java.simd.Products;
import dev.volute.backend.java.simd.RunCopies;
import dev.volute.spi.Kernel;
import dev.volute.tensor.Shape;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The gradient to a convolution's image as the adjoint of its windows: the transposed filters times
 * the output's gradient give what each cell of each window gets, and that is added up where the
 * cells lie in the laid-out image.
 *
 * <p>It multiplies as often as the convolution itself, where {@link WindowKernel} multiplies once
 * for each element of the image. Each part has channels of its own, in slots 2 and 3 of the
 * workspace. Scratch holds the packed filters.
 */
final class WindowSums implements Kernel {
  /** For people. */
  static final String ALGORITHM =
      "products that are added to the image cell by cell: windows meet the image seldom";

  /** Windows that are multiplied at a time. */
  private static final int WINDOWS = 192;

  /** Rows of cells that are multiplied at a time. */
  private static final int ROWS = 64;

  /** Filters whose products are added at a time. */
  private static final int DEPTH = 384;

  /** Parts for which samples and groups are divided further, by channels. */
  private static final int PARTS = 16;

  private final ConvolutionShape convolution;
  private final PlaneLayout layout;
  private final FilterPanels panels;
  private final int[] cells;
  private final int windows;
  private final ColumnRuns runs;
  private final int partChannels;
  private final int partsOfGroup;
  private final Floats filters;
  private final Floats gradient;
  private final Floats result;
  private final Floats packed;
  private final boolean pack;
  private final Products products;
  private final RunCopies copies;
  private final Workers workers;
  private final Workers.Part packPiece = this::packPiece;
  private final Workers.Part part = this::part;

  WindowSums(
      ConvolutionShape convolution,
      Floats filters,
      Floats gradient,
      Floats result,
      Floats scratch,
      Optional<Floats> constant,
      Machine machine) {
    this.convolution = convolution;
    this.filters = filters;
    this.gradient = gradient;
    this.result = result;
    pack = constant.isEmpty();
    packed = constant.orElse(scratch);
    products = machine.simd().products();
    copies = machine.simd().runCopies();
    workers = machine.workers();
    Shape output = convolution.output();
    // A vector that was just written in part cannot be read at once: vectors that begin at a row's
    // windows do not reach into the next row.
    layout = convolution.imageLayout(output.dim(3) + copies.overrun());
    panels = panels(convolution, machine);
    cells = convolution.cells(layout);
    windows = output.dim(2) * output.dim(3);
    runs =
        new ColumnRuns(
            1, 0, output.dim(2), output.dim(3), layout.columns(), WINDOWS, copies.longest());
    // Ranges of channels begin where panels do.
    int height = products.panelRows();
    int pieces = (convolution.groupChannels() + height - 1) / height;
    int wanted = PARTS / Math.max(1, output.dim(0) * convolution.groups());
    int ranges = Math.max(1, Math.min(pieces, wanted));
    partChannels = Math.max(1, (pieces + ranges - 1) / ranges * height);
    partsOfGroup = (convolution.groupChannels() + partChannels - 1) / partChannels;
  }

  /** Whether this takes fewer multiplications, or makes fuller panels of them. */
  static boolean pays(ConvolutionShape convolution) {
    Shape output = convolution.output();
    long here = (long) output.dim(2) * output.dim(3);
    long there = (long) convolution.image().dim(2) * convolution.image().dim(3);
    long strides = (long) convolution.stride(0) * convolution.stride(1);
    return 4 * there > 5 * here * strides || convolution.groupChannels() < 4;
  }

  /** The filters of each group transposed: a row for each cell. */
  static FilterPanels panels(ConvolutionShape convolution, Machine machine) {
    int cells = convolution.cells();
    int[] offsets =
        IntStream.range(0, convolution.groupFilters()).map(filter -> filter * cells).toArray();
    return FilterPanels.even(
        convolution.groups(),
        cells,
        convolution.groupFilters() * cells,
        1,
        offsets,
        machine.simd().products());
  }

  @Override
  public void run() {
    if (pack) {
      workers.run(panels.pieces(), packPiece);
    }
    workers.run(convolution.image().dim(0) * convolution.groups() * partsOfGroup, part);
  }

  private void packPiece(int piece) {
    panels.pack(piece, filters.array(), filters.offset(), packed.array(), packed.offset());
  }

  private void part(int part) {
    int first = part % partsOfGroup * partChannels;
    int group = part / partsOfGroup;
    int channels = Math.min(partChannels, convolution.groupChannels() - first);
    Workspace workspace = workers.workspace();
    float[] planes = workspace.floats(2, channels * layout.length() + copies.overrun());
    Arrays.fill(planes, 0, channels * layout.length(), 0f);
    int kernel = convolution.kernel(0) * convolution.kernel(1);
    int end = (first + channels) * kernel;
    for (int panel = 0; panel < runs.panels(); panel++) {
      for (int row = first * kernel; row < end; row += ROWS) {
        rows(panel, group, row, Math.min(ROWS, end - row), planes, -first * layout.length());
      }
    }
    int channel = group * convolution.groupChannels() + first;
    int to = result.offset() + channel * layout.height() * layout.width();
    layout.collect(channels, result.array(), to, planes, 0);
  }

  /**
   * @param group counted through all samples
   */
  private void rows(int panel, int group, int row, int count, float[] planes, int planesAt) {
    int window = panel * WINDOWS;
    int columns = Math.min(WINDOWS, windows - window);
    float[] tile = workers.workspace().floats(3, ROWS * WINDOWS + copies.overrun());
    Arrays.fill(tile, 0, count * columns, 0f);
    int depth = panels.depth();
    int height = products.panelRows();
    int from =
        packed.offset()
            + group % convolution.groups() * panels.groupLength()
            + row / height * height * depth;
    int gradientAt = gradient.offset() + group * depth * windows + window;
    for (int l = 0; l < depth; l += DEPTH) {
      products.multiplyAdd(
          count,
          columns,
          Math.min(DEPTH, depth - l),
          packed.array(),
          from + l * height,
          depth * height,
          1,
          height,
          gradient.array(),
          gradientAt + l * windows,
          windows,
          tile,
          0,
          columns);
    }
    // Nor are cells that are neighbours in a row of the kernel added one after the other.
    int apart = convolution.kernel(1);
    for (int i = 0; i < Math.min(apart, count); i++) {
      copies.add(
          cells,
          row + i,
          row + count,
          apart,
          runs.from(),
          runs.to(),
          runs.length(),
          runs.first(panel),
          runs.first(panel + 1),
          tile,
          i * columns,
          columns,
          planes,
          planesAt);
    }
  }
}
