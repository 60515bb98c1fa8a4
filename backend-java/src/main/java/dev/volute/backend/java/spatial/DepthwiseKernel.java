package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Activations;
import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.kernel.Shares;
import dev.volute.backend.java.parallel.Workers;
import dev.volute.backend.java.simd.DepthwiseProducts;
import dev.volute.graph.composite.Activation;
import dev.volute.spi.Kernel;
import dev.volute.tensor.Shape;
import java.util.Optional;

/**
 * A convolution of one filter a channel, where all lies channels last. Windows of a row that have
 * the same cells inside the image are computed in one go.
 *
 * <p>Scratch holds the packed filters, unless they are constant. Uses slots 0 and 1 of the
 * workspace's ints.
 */
final class DepthwiseKernel implements Kernel {
  /** For people. */
  static final String ALGORITHM = "one filter a channel, channels side by side";

  private final ConvolutionShape convolution;
  private final Shape output;
  private final int channels;
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
    this.convolution = convolution;
    output = convolution.output();
    channels = output.dim(1);
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
    long work = (long) output.dim(3) * channels * packing.cells() / 4;
    rows = Shares.kernel(workers, output.dim(0) * output.dim(2), work, this::rows);
    this.activation =
        Activations.map(clamp.rest(), machine.simd())
            .map(
                map ->
                    ElementwiseActivation.of(
                        map,
                        result,
                        output.dim(0) * output.dim(2),
                        output.dim(1) * output.dim(3),
                        workers));
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

  private void rows(int first, int end) {
    int most = packing.cells();
    DepthwiseProducts.Cells cells =
        new DepthwiseProducts.Cells(
            workers.workspace().ints(0, most), workers.workspace().ints(1, most));
    for (int row = first; row < end; row++) {
      int window = 0;
      while (window < output.dim(3)) {
        int next = alike(window);
        run(row, window, next - window, cells);
        window = next;
      }
    }
  }

  private int column(int window) {
    return window * convolution.stride(1) - convolution.padBefore(1);
  }

  private boolean isInside(int window) {
    int column = column(window);
    int last = column + (convolution.kernel(1) - 1) * convolution.dilation(1);
    return column >= 0 && last < convolution.image().dim(3);
  }

  /** The first window behind one that has not the same cells: only whole windows are compared. */
  private int alike(int window) {
    int next = window + 1;
    while (isInside(window) && next < output.dim(3) && isInside(next)) {
      next++;
    }
    return next;
  }

  /**
   * @param row counted through all samples
   */
  private void run(int row, int window, int windows, DepthwiseProducts.Cells cells) {
    int height = convolution.image().dim(2);
    int width = convolution.image().dim(3);
    int top = row % output.dim(2) * convolution.stride(0) - convolution.padBefore(0);
    int left = column(window);
    int from = (row / output.dim(2) * height + top) * width + left;
    int count = 0;
    for (int i = 0; i < packing.cells(); i++) {
      int y = i / convolution.kernel(1) * convolution.dilation(0);
      int x = i % convolution.kernel(1) * convolution.dilation(1);
      if (top + y >= 0 && top + y < height && left + x >= 0 && left + x < width) {
        cells.places()[count] = (y * width + x) * channels;
        cells.weights()[count++] = i * channels;
      }
    }
    int to = (row * output.dim(3) + window) * channels;
    products.row(
        channels,
        windows,
        image.array(),
        image.offset() + from * channels,
        convolution.stride(1) * channels,
        cells,
        count,
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
}
