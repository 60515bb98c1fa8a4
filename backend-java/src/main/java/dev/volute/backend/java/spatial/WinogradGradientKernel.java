package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.parallel.Workers;
import dev.volute.backend.java.parallel.Workspace;
import dev.volute.backend.java.simd.Products;
import dev.volute.backend.java.simd.WinogradTransforms;
import dev.volute.spi.Kernel;
import dev.volute.tensor.MemoryFormat;
import java.util.Arrays;

/**
 * The gradient to filters of 3 by 3 as the adjoint of {@link WinogradKernel}, with a quarter of a
 * convolution's multiplications: tiles of the image and of the output's gradient are transformed,
 * multiplied as 36 matrix products that sum over the tiles, and the sums transformed back.
 *
 * <p>An error is at most {@value WinogradKernel#ERROR} times the largest element of the image times
 * the sum of the magnitudes of the gradient to the filter's results.
 *
 * <p>Scratch holds some samples of the image and of the gradient with the channels of each pixel
 * side by side, then their transformed tiles, {@code [36, tiles, channels]} and {@code [36, tiles,
 * filters]}, then the 36 sums. Uses slots 0 and 1 of the workspace.
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

  /** Keeps the 36 matrices from driving one another out of the first cache. */
  private static final int APART = 16;

  private final WinogradShape shape;
  private final int channels;
  private final int filters;
  private final PixelImage imagePixels;
  private final PixelImage gradientPixels;
  private final int block;
  private final int most;
  private final int imageStep;
  private final int gradientStep;
  private final Floats image;
  private final Floats gradient;
  private final Floats result;
  private final float[] scratch;
  private final int imagePixelsAt;
  private final int gradientPixelsAt;
  private final int imagesAt;
  private final int gradientsAt;
  private final int sumsAt;
  private final Products products;
  private final WinogradTransforms transforms;
  private final Workers workers;
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
      MemoryFormat imageFormat,
      Floats gradient,
      MemoryFormat gradientFormat,
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
    channels = shape.filters().channels();
    filters = shape.filters().filters();
    imagePixels = shape.pixels().in(imageFormat);
    gradientPixels = shape.resultPixels().in(gradientFormat);
    block = block(shape);
    most = most(shape);
    imageStep = step(shape, imagePixels);
    gradientStep = step(shape, gradientPixels);
    imagePixelsAt = scratch.offset();
    gradientPixelsAt = imagePixelsAt + block * imagePixels.sampleLength();
    imagesAt = gradientPixelsAt + block * gradientPixels.sampleLength();
    gradientsAt = imagesAt + MATRICES * imageStep;
    sumsAt = gradientsAt + MATRICES * gradientStep;
  }

  /** Elements of scratch. */
  static long scratch(WinogradShape shape) {
    PixelImage imagePixels = shape.pixels();
    PixelImage gradientPixels = shape.resultPixels();
    long sums = (long) shape.filters().filters() * shape.filters().channels();
    long transformed = step(shape, imagePixels) + step(shape, gradientPixels);
    return (long) block(shape) * (imagePixels.sampleLength() + gradientPixels.sampleLength())
        + MATRICES * (transformed + sums);
  }

  private static int block(WinogradShape shape) {
    int each = shape.pixels().sampleLength() + shape.resultPixels().sampleLength();
    return Math.max(1, Math.min(shape.samples(), BLOCK / Math.max(1, each)));
  }

  /** Tiles that are multiplied at a time: whole pieces. */
  private static int most(WinogradShape shape) {
    int each = MATRICES * (shape.filters().channels() + shape.filters().filters());
    int fitting = Math.max(1, Math.min(TILES, TRANSFORMED / each) / PIECE);
    int all = (block(shape) * shape.tiles() + PIECE - 1) / PIECE;
    return Math.min(all, fitting) * PIECE;
  }

  /** Distance of matrices of transformed tiles. */
  private static int step(WinogradShape shape, PixelImage pixels) {
    return most(shape) * pixels.pitch() + APART;
  }

  @Override
  public void run() {
    int sums = MATRICES * filters * channels;
    Arrays.fill(scratch, sumsAt, sumsAt + sums, 0f);
    for (sample = 0; sample < shape.samples(); sample += block) {
      samples = Math.min(block, shape.samples() - sample);
      workers.run(samples * (imagePixels.parts() + gradientPixels.parts()), layOut);
      int end = samples * shape.tiles();
      for (first = 0; first < end; first += most) {
        count = Math.min(most, end - first);
        workers.run(2 * pieces(), transform);
        workers.run(MATRICES, multiply);
      }
    }
    workers.run(filters, finish);
  }

  private int pieces() {
    return (count + PIECE - 1) / PIECE;
  }

  private void layOut(int part) {
    int parts = samples * imagePixels.parts();
    if (part < parts) {
      layOut(part, image, imagePixels, imagePixelsAt);
    } else {
      layOut(part - parts, gradient, gradientPixels, gradientPixelsAt);
    }
  }

  private void layOut(int part, Floats from, PixelImage pixels, int pixelsAt) {
    int number = part / pixels.parts();
    int to = pixelsAt + number * pixels.sampleLength();
    pixels.fillPart(sample + number, part % pixels.parts(), from, scratch, to);
  }

  private void transform(int part) {
    int end = Math.min((part / 2 + 1) * PIECE, count);
    float[] work =
        workers
            .workspace()
            .floats(0, MATRICES * Math.max(imagePixels.pitch(), gradientPixels.pitch()));
    for (int tile = part / 2 * PIECE; tile < end; tile++) {
      if (part % 2 == 0) {
        int pitch = imagePixels.pitch();
        int from = imagePixelsAt + shape.place(first + tile, imagePixels);
        int row = imagePixels.at(1, 0);
        int to = imagesAt + tile * pitch;
        transforms.image(channels, scratch, from, row, pitch, work, scratch, to, imageStep);
      } else {
        int pitch = gradientPixels.pitch();
        int from = gradientPixelsAt + shape.place(first + tile, gradientPixels);
        int row = gradientPixels.at(1, 0);
        int to = gradientsAt + tile * pitch;
        transforms.resultGradient(
            filters, scratch, from, row, pitch, work, scratch, to, gradientStep);
      }
    }
  }

  private void multiply(int matrix) {
    products.multiplyAdd(
        filters,
        channels,
        count,
        scratch,
        gradientsAt + matrix * gradientStep,
        products.panelRows(),
        1,
        gradientPixels.pitch(),
        scratch,
        imagesAt + matrix * imageStep,
        imagePixels.pitch(),
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
