package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Activations;
import dev.volute.backend.java.kernel.Clamp;
import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.kernel.Shares;
import dev.volute.backend.java.parallel.Workers;
import dev.volute.backend.java.simd.DepthwiseProducts;
import dev.volute.graph.composite.Activation;
import dev.volute.spi.Kernel;
import dev.volute.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A convolution of one filter a channel, where all lies channels last. Windows of a row that have
 * the same cells inside the image are computed in one go.
 *
 * <p>Scratch holds the packed filters, unless they are constant. Uses slot 0 of the workspace.
 */
final class DepthwiseKernel implements Kernel {
  /** For people. */
  static final String ALGORITHM = "one filter a channel, channels side by side";

  /** Channels of a part. */
  private static final int GROUP = 64;

  /** Elements of the image for a part's rows: they stay in the second cache. */
  private static final int BAND = 1 << 17;

  private final int channels;
  private final int height;
  private final int width;
  private final int imageWidth;
  private final int imageLength;
  private final int rowStep;
  private final int columnStep;
  private final int top;
  private final int left;
  private final AxisSpan[] across;
  private final int[] spanOfRow;
  private final DepthwiseProducts.Cells[][] cells;
  private final DepthwiseFilters packing;
  private final Floats image;
  private final Floats filters;
  private final Floats bias;
  private final Floats residual;
  private final int residualStep;
  private final Clamp clamp;
  private final Floats result;
  private final Floats packed;
  private final boolean pack;
  private final DepthwiseProducts products;
  private final Workers workers;
  private final Workers.Part packer = this::pack;
  private final Optional<DepthwiseProducts.Plane> plane;
  private final int groups;
  private final int band;
  private final int bands;
  private final Workers.Part threeByThree = this::threeByThree;
  private final Kernel rows;
  private final Optional<Kernel> activation;

  DepthwiseKernel(
      ConvolutionShape convolution,
      Floats image,
      Floats filters,
      Optional<Floats> bias,
      Optional<Floats> residual,
      Activation activation,
      Floats result,
      Floats scratch,
      Optional<Floats> constant,
      Machine machine) {
    Shape output = convolution.output();
    channels = output.dim(1);
    height = output.dim(2);
    width = output.dim(3);
    imageWidth = convolution.image().dim(3);
    imageLength = convolution.image().dim(2) * imageWidth * channels;
    rowStep = convolution.stride(0);
    columnStep = convolution.stride(1);
    top = convolution.padBefore(0);
    left = convolution.padBefore(1);
    List<AxisSpan> down = AxisSpan.all(convolution, 0);
    List<AxisSpan> columns = AxisSpan.all(convolution, 1);
    across = columns.toArray(AxisSpan[]::new);
    spanOfRow = new int[height];
    for (int span = 0; span < down.size(); span++) {
      Arrays.fill(spanOfRow, down.get(span).first(), down.get(span).end(), span);
    }
    cells = cells(convolution, down, columns);
    packing = packing(convolution);
    this.image = image;
    this.filters = filters;
    Floats zeros = new Floats(new float[channels], 0);
    this.bias = bias.orElse(zeros);
    this.residual = residual.orElse(zeros);
    residualStep = residual.isPresent() ? channels : 0;
    clamp = Clamp.of(activation);
    this.result = result;
    pack = constant.isEmpty();
    packed = constant.orElse(scratch);
    products = machine.simd().depthwiseProducts();
    workers = machine.workers();
    plane = residual.isEmpty() ? plane(convolution) : Optional.empty();
    groups = Math.max(1, channels / GROUP);
    int row = Math.max(1, imageWidth * channels);
    band = Math.max(4, Math.min(BAND / row, height));
    bands = (height + band - 1) / band;
    long work = (long) width * channels * packing.cells() / 4;
    rows =
        plane.isPresent()
            ? () -> workers.run(output.dim(0) * bands * groups, threeByThree)
            : Shares.kernel(workers, output.dim(0) * height, work, this::rows);
    this.activation =
        Activations.map(clamp.rest(), machine.simd())
            .map(
                map ->
                    ElementwiseEnd.of(
                        map, result, output.dim(0) * height, channels * width, workers));
  }

  /** Whether there is one filter for each channel, which sees that alone. */
  static boolean runs(ConvolutionShape convolution) {
    return convolution.groups() > 1
        && convolution.groupChannels() == 1
        && convolution.groupFilters() == 1;
  }

  static DepthwiseFilters packing(ConvolutionShape convolution) {
    return new DepthwiseFilters(convolution.groups(), convolution.cells());
  }

  @Override
  public void run() {
    if (pack) {
      workers.run(packing.pieces(), packer);
    }
    rows.run();
    activation.ifPresent(Kernel::run);
  }

  private void pack(int piece) {
    packing.pack(piece, filters.array(), filters.offset(), packed.array(), packed.offset());
  }

  /** The image, if its windows are the most common: 3 by 3 at each pixel, which overlap enough. */
  private static Optional<DepthwiseProducts.Plane> plane(ConvolutionShape convolution) {
    boolean square = convolution.kernel(0) == 3 && convolution.kernel(1) == 3;
    boolean dense = convolution.dilation(0) == 1 && convolution.dilation(1) == 1;
    if (!square || !dense || convolution.stride(0) > 1 || convolution.stride(1) > 1) {
      return Optional.empty();
    }
    return Optional.of(
        new DepthwiseProducts.Plane(
            convolution.groups(),
            convolution.image().dim(2),
            convolution.image().dim(3),
            convolution.output().dim(3),
            convolution.padBefore(0),
            convolution.padBefore(1)));
  }

  /** A group of channels of a band of rows; the last group takes what is left. */
  private void threeByThree(int part) {
    int group = part % groups;
    int row = part / groups % bands * band;
    int sample = part / groups / bands;
    products.threeByThree(
        plane.orElseThrow(),
        group * GROUP,
        group + 1 == groups ? channels : (group + 1) * GROUP,
        row,
        Math.min(height, row + band),
        image.array(),
        image.offset() + sample * imageLength,
        packed.array(),
        packed.offset(),
        bias.array(),
        bias.offset(),
        clamp.low(),
        clamp.high(),
        result.array(),
        result.offset() + sample * height * width * channels,
        workers.workspace().floats(0, products.work()));
  }

  private void rows(int first, int end) {
    for (int row = first; row < end; row++) {
      for (int span = 0; span < across.length; span++) {
        run(row, span);
      }
    }
  }

  /**
   * @param row counted through all samples
   */
  private void run(int row, int span) {
    int windows = across[span].end() - across[span].first();
    int line = row % height;
    int from =
        image.offset()
            + row / height * imageLength
            + (line * rowStep - top) * imageWidth * channels
            + (across[span].first() * columnStep - left) * channels;
    int to = (row * width + across[span].first()) * channels;
    products.row(
        channels,
        windows,
        image.array(),
        from,
        columnStep * channels,
        cells[spanOfRow[line]][span],
        packed.array(),
        packed.offset(),
        bias.array(),
        bias.offset(),
        residual.array(),
        residual.offset() + (residualStep == 0 ? 0 : to),
        residualStep,
        clamp.low(),
        clamp.high(),
        result.array(),
        result.offset() + to);
  }

  /** The cells of the windows of each two spans. */
  private static DepthwiseProducts.Cells[][] cells(
      ConvolutionShape convolution, List<AxisSpan> down, List<AxisSpan> across) {
    return down.stream()
        .map(
            rows ->
                across.stream()
                    .map(columns -> cells(convolution, rows, columns))
                    .toArray(DepthwiseProducts.Cells[]::new))
        .toArray(DepthwiseProducts.Cells[][]::new);
  }

  private static DepthwiseProducts.Cells cells(
      ConvolutionShape convolution, AxisSpan rows, AxisSpan columns) {
    int across = columns.to() - columns.from();
    int count = (rows.to() - rows.from()) * across;
    int[] places = new int[count];
    int[] weights = new int[count];
    int channels = convolution.groups();
    for (int i = 0; i < count; i++) {
      int y = rows.from() + i / across;
      int x = columns.from() + i % across;
      int line = y * convolution.dilation(0) * convolution.image().dim(3);
      places[i] = (line + x * convolution.dilation(1)) * channels;
      weights[i] = (y * convolution.kernel(1) + x) * channels;
    }
    return new DepthwiseProducts.Cells(places, weights);
  }
}
