package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.parallel.Workers;
import dev.volute.backend.java.parallel.Workspace;
import dev.volute.backend.java.simd.FloatMap;
import dev.volute.backend.java.simd.Products;
import dev.volute.backend.java.simd.RunCopies;
import dev.volute.backend.java.simd.WinogradTransforms;
import dev.volute.spi.Kernel;
import java.util.Arrays;
import java.util.Optional;

/**
 * Convolution by Winograd's minimal filtering F(4x4, 3x3): a quarter of the multiplications. Tiles
 * of the image and filters are transformed, multiplied as 36 matrix products, and the results
 * transformed back.
 *
 * <p>Its rounding errors are larger than those of a sum of products, by a factor that grows with
 * the transforms and not with the number of channels: an error is at most {@value #ERROR} times the
 * largest element of the image times the sum of the filter's magnitudes.
 *
 * <p>Some samples are laid out at a time, then panels of tiles are computed at once, in slots 0 to
 * 3 of the workspace. Scratch holds the transformed filters, unless they are constant, and behind
 * them the laid-out samples.
 */
final class WinogradKernel implements Kernel {
  /** The bound of the error, in units of the largest possible result. */
  static final double ERROR = 1e-5;

  /** Elements that are laid out at a time, if more than one sample. */
  private static final int BLOCK = 1 << 18;

  private static final int CHANNELS_OF_A_PART = 16;

  /** Channels of the result that are multiplied at a time; a multiple of every panel's height. */
  private static final int ROWS = 32;

  /** Tiles that are multiplied at a time, at most. */
  private static final int TILES = 64;

  private final WinogradShape shape;
  private final WinogradFilters filters;
  private final Floats image;
  private final Floats weights;
  private final Optional<Floats> bias;
  private final Optional<FloatMap> activation;
  private final Floats result;
  private final Floats packed;
  private final Floats planes;
  private final boolean pack;
  private final int block;
  private final Products products;
  private final WinogradTransforms transforms;
  private final RunCopies copies;
  private final Workers workers;
  private final WinogradTiles tiles;
  private final int width;
  private final Workers.Part packPanel = this::packPanel;
  private final Workers.Part layOut = this::layOut;
  private final Workers.Part panel = this::panel;

  private int sample;
  private int samples;

  WinogradKernel(
      WinogradShape shape,
      Floats image,
      Floats weights,
      Optional<Floats> bias,
      Optional<FloatMap> activation,
      Floats result,
      Floats scratch,
      Optional<Floats> constant,
      Machine machine) {
    this.shape = shape;
    filters = shape.filters();
    this.image = image;
    this.weights = weights;
    this.bias = bias;
    this.activation = activation;
    this.result = result;
    pack = constant.isEmpty();
    packed = constant.orElse(scratch);
    planes = new Floats(scratch.array(), scratch.offset() + (pack ? filters.length() : 0));
    block = block(shape);
    products = machine.simd().products();
    transforms = machine.simd().winograd();
    workers = machine.workers();
    copies = machine.simd().runCopies();
    tiles = new WinogradTiles(shape, block);
    width = Math.min(products.panelColumns(), TILES);
  }

  /** Elements of scratch. */
  static long scratch(WinogradShape shape) {
    return (long) shape.filters().length() + (long) block(shape) * shape.sampleLength();
  }

  private static int block(WinogradShape shape) {
    return Math.max(1, Math.min(shape.samples(), BLOCK / Math.max(1, shape.sampleLength())));
  }

  @Override
  public void run() {
    if (pack) {
      workers.run(filters.pieces(), packPanel);
    }
    for (sample = 0; sample < shape.samples(); sample += block) {
      samples = Math.min(block, shape.samples() - sample);
      int channels = samples * filters.depth();
      workers.run((channels + CHANNELS_OF_A_PART - 1) / CHANNELS_OF_A_PART, layOut);
      workers.run((samples * shape.tiles() + width - 1) / width, panel);
    }
  }

  private void packPanel(int number) {
    filters.pack(number, weights.array(), weights.offset(), packed.array(), packed.offset());
  }

  private void layOut(int part) {
    PlaneLayout layout = shape.layout();
    int first = part * CHANNELS_OF_A_PART;
    int count = Math.min(CHANNELS_OF_A_PART, samples * filters.depth() - first);
    int from =
        image.offset() + (sample * filters.depth() + first) * layout.height() * layout.width();
    layout.fill(
        count,
        image.array(),
        from,
        planes.array(),
        planes.offset() + first * layout.length(),
        copies);
  }

  private void panel(int number) {
    int first = number * width;
    int count = Math.min(width, samples * shape.tiles() - first);
    Workspace workspace = workers.workspace();
    int depth = filters.depth();
    int imageStep = depth * width;
    int resultStep = ROWS * width;
    float[] tile = workspace.floats(0, WinogradFilters.MATRICES * width);
    float[] work = workspace.floats(3, WinogradFilters.MATRICES * width);
    float[] images = workspace.floats(1, WinogradFilters.MATRICES * imageStep);
    float[] results = workspace.floats(2, WinogradFilters.MATRICES * resultStep);
    for (int l = 0; l < depth; l++) {
      int from = planes.offset() + l * shape.layout().length();
      tiles.gather(first, count, planes.array(), from, tile, width);
      transforms.image(count, tile, 0, 6 * width, width, work, images, l * width, imageStep);
    }
    for (int row = 0; row < filters.rows(); row += ROWS) {
      int rows = Math.min(ROWS, filters.rows() - row);
      for (int i = 0; i < WinogradFilters.MATRICES; i++) {
        Arrays.fill(results, i * resultStep, i * resultStep + rows * width, 0f);
        products.multiplyAdd(
            rows,
            count,
            depth,
            packed.array(),
            packed.offset() + i * filters.matrixLength() + row * depth,
            filters.height() * depth,
            1,
            filters.height(),
            images,
            i * imageStep,
            width,
            results,
            i * resultStep,
            width);
      }
      finish(first, count, row, rows, results, resultStep, tile);
    }
  }

  /** Transforms some channels of the result back. */
  private void finish(
      int first, int count, int row, int rows, float[] results, int step, float[] tile) {
    int plane = shape.height() * shape.width();
    for (int r = 0; r < rows; r++) {
      float start = bias.isPresent() ? bias.get().array()[bias.get().offset() + row + r] : 0f;
      transforms.result(count, start, results, r * width, step, tile, 0, width);
      if (activation.isPresent()) {
        for (int i = 0; i < WinogradShape.TILE * WinogradShape.TILE; i++) {
          activation.get().run(count, tile, i * width, tile, i * width, tile, i * width);
        }
      }
      int to = result.offset() + (sample * filters.rows() + row + r) * plane;
      tiles.scatter(first, count, tile, width, result.array(), to);
    }
  }
}
