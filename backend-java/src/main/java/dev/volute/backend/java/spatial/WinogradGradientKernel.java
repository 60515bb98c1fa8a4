package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.parallel.Workers;
import dev.volute.backend.java.parallel.Workspace;
import dev.volute.backend.java.simd.Products;
import dev.volute.backend.java.simd.RunCopies;
import dev.volute.backend.java.simd.WinogradTransforms;
import dev.volute.spi.Kernel;
import java.util.Arrays;

/**
 * The gradient to filters of 3 by 3 as the adjoint of {@link WinogradKernel}, with a quarter of a
 * convolution's multiplications: tiles of the image and of the output's gradient are transformed,
 * multiplied as 36 matrix products that sum over the tiles, and the sums transformed back.
 *
 * <p>An error is at most {@value WinogradKernel#ERROR} times the largest element of the image times
 * the sum of the magnitudes of the gradient to the filter's results.
 *
 * <p>Scratch holds the laid-out samples, then the transformed tiles of the image, {@code [36,
 * tiles, channels]}, then those of the gradient in panels of filters, then the 36 sums. Uses slots
 * 0 and 1 of the workspace.
 */
final class WinogradGradientKernel implements Kernel {
  private static final int MATRICES = WinogradFilters.MATRICES;

  /** Elements that are laid out at a time, if more than one sample. */
  private static final int BLOCK = 1 << 18;

  /** Transformed elements that are multiplied at a time. */
  private static final int TRANSFORMED = 1 << 19;

  /** Tiles that are multiplied at a time, at most. */
  private static final int TILES = 256;

  /** Tiles that are transformed at a time. */
  private static final int PIECE = 16;

  private static final int CHANNELS_OF_A_PART = 16;

  private final WinogradShape shape;
  private final int channels;
  private final int filters;
  private final int height;
  private final int block;
  private final int most;
  private final int imageStep;
  private final int gradientStep;
  private final Floats image;
  private final Floats gradient;
  private final Floats result;
  private final float[] scratch;
  private final int planesAt;
  private final int imagesAt;
  private final int gradientsAt;
  private final int sumsAt;
  private final Products products;
  private final WinogradTransforms transforms;
  private final RunCopies copies;
  private final Workers workers;
  private final WinogradTiles tiles;
  private final Workers.Part layOut = this::layOut;
  private final Workers.Part transform = this::transform;
  private final Workers.Part multiply = this::multiply;
  private final Workers.Part finish = this::finish;

  private int sample;
  private int samples;
  private int first;
  private int count;

  /**
   * @param shape of the convolution
   */
  WinogradGradientKernel(
      WinogradShape shape,
      Floats image,
      Floats gradient,
      Floats result,
      Floats scratch,
      Machine machine) {
    this.shape = shape;
    this.image = image;
    this.gradient = gradient;
    this.result = result;
    this.scratch = scratch.array();
    products = machine.simd().products();
    transforms = machine.simd().winograd();
    workers = machine.workers();
    copies = machine.simd().runCopies();
    channels = shape.filters().depth();
    filters = shape.filters().rows();
    height = shape.filters().height();
    block = block(shape);
    most = most(shape);
    tiles = new WinogradTiles(shape, block);
    imageStep = imageStep(shape);
    gradientStep = gradientStep(shape);
    planesAt = scratch.offset();
    imagesAt = planesAt + block * shape.sampleLength();
    gradientsAt = imagesAt + MATRICES * imageStep;
    sumsAt = gradientsAt + MATRICES * gradientStep;
  }

  /** Elements of scratch. */
  static long scratch(WinogradShape shape) {
    long sums = (long) shape.filters().rows() * shape.filters().depth();
    return (long) block(shape) * shape.sampleLength()
        + MATRICES * (imageStep(shape) + gradientStep(shape) + sums);
  }

  private static int block(WinogradShape shape) {
    return Math.max(1, Math.min(shape.samples(), BLOCK / Math.max(1, shape.sampleLength())));
  }

  /**
   * Tiles that are multiplied at a time: whole pieces, so that vectors do not reach behind them.
   */
  private static int most(WinogradShape shape) {
    int each = MATRICES * (shape.filters().depth() + shape.filters().rows());
    int fitting = Math.max(1, Math.min(TILES, TRANSFORMED / each) / PIECE);
    int all = (block(shape) * shape.tiles() + PIECE - 1) / PIECE;
    return Math.min(all, fitting) * PIECE;
  }

  /** Elements of a matrix of transformed tiles of the image. */
  private static int imageStep(WinogradShape shape) {
    return most(shape) * shape.filters().depth();
  }

  private static int gradientStep(WinogradShape shape) {
    return shape.filters().pieces() * shape.filters().height() * most(shape);
  }

  @Override
  public void run() {
    int sums = MATRICES * filters * channels;
    Arrays.fill(scratch, sumsAt, sumsAt + sums, 0f);
    for (sample = 0; sample < shape.samples(); sample += block) {
      samples = Math.min(block, shape.samples() - sample);
      int all = samples * channels;
      workers.run((all + CHANNELS_OF_A_PART - 1) / CHANNELS_OF_A_PART, layOut);
      int end = samples * shape.tiles();
      for (first = 0; first < end; first += most) {
        count = Math.min(most, end - first);
        workers.run(pieces() + shape.filters().pieces(), transform);
        workers.run(MATRICES, multiply);
      }
    }
    workers.run(filters, finish);
  }

  private int pieces() {
    return (count + PIECE - 1) / PIECE;
  }

  private void layOut(int part) {
    PlaneLayout layout = shape.layout();
    int begin = part * CHANNELS_OF_A_PART;
    int number = Math.min(CHANNELS_OF_A_PART, samples * channels - begin);
    int from = image.offset() + (sample * channels + begin) * layout.height() * layout.width();
    layout.fill(number, image.array(), from, scratch, planesAt + begin * layout.length(), copies);
  }

  private void transform(int part) {
    if (part < pieces()) {
      transformImage(part * PIECE);
    } else {
      transformGradient(part - pieces());
    }
  }

  private void transformImage(int piece) {
    int width = transforms.width();
    int step = (channels + width - 1) / width * width;
    float[] tile = workers.workspace().floats(0, MATRICES * step);
    int length = shape.layout().length();
    for (int t = piece; t < Math.min(piece + PIECE, count); t++) {
      tiles.gatherChannels(first + t, channels, scratch, planesAt, length, tile, step);
      int to = imagesAt + t * channels;
      if (step == channels) {
        transforms.image(channels, tile, 0, step, scratch, to, imageStep);
      } else {
        // What a vector writes behind a tile's channels may be another part's.
        float[] images = workers.workspace().floats(1, MATRICES * step);
        transforms.image(channels, tile, 0, step, images, 0, step);
        for (int i = 0; i < MATRICES; i++) {
          System.arraycopy(images, i * step, scratch, to + i * imageStep, channels);
        }
      }
    }
  }

  /** Transforms a panel of filters; a panel's filters lie side by side for each tile. */
  private void transformGradient(int panel) {
    Workspace workspace = workers.workspace();
    int length = PIECE * height;
    float[] results = workspace.floats(0, 16 * length);
    int present = Math.min(height, filters - panel * height);
    int plane = shape.height() * shape.width();
    int from = gradient.offset() + (sample * filters + panel * height) * plane;
    for (int t = 0; t < count; t += PIECE) {
      int number = Math.min(PIECE, count - t);
      for (int row = 0; row < present; row++) {
        tiles.gatherResults(
            first + t, number, gradient.array(), from + row * plane, results, row, height, length);
      }
      int to = gradientsAt + (panel * most + t) * height;
      transforms.resultGradient(number * height, results, 0, length, scratch, to, gradientStep);
    }
  }

  private void multiply(int matrix) {
    products.multiplyAdd(
        filters,
        channels,
        count,
        scratch,
        gradientsAt + matrix * gradientStep,
        height * most,
        1,
        height,
        scratch,
        imagesAt + matrix * imageStep,
        channels,
        scratch,
        sumsAt + matrix * filters * channels,
        channels);
  }

  private void finish(int filter) {
    Workspace workspace = workers.workspace();
    int width = transforms.width();
    int step = (channels + width - 1) / width * width;
    float[] sums = workspace.floats(0, MATRICES * step);
    float[] nine = workspace.floats(1, 9 * step);
    for (int i = 0; i < MATRICES; i++) {
      int from = sumsAt + (i * filters + filter) * channels;
      System.arraycopy(scratch, from, sums, i * step, channels);
    }
    transforms.filterGradient(channels, sums, 0, step, nine, 0, step);
    int to = result.offset() + filter * channels * 9;
    for (int channel = 0; channel < channels; channel++) {
      for (int i = 0; i < 9; i++) {
        result.array()[to++] = nine[i * step + channel];
      }
    }
  }
}
