package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.parallel.CacheLine;
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
 * <p>Blocks of tiles are laid out, of the image and of the gradient, with the channels of each
 * pixel side by side, then transformed to {@code [36, tiles, channels]} and {@code [36, tiles,
 * filters]}, and their products added to 36 sums. Where these are small, and tiles many, the blocks
 * are divided into chunks with sums of their own, each on one thread; which chunks, is a matter of
 * the shape.
 *
 * <p>Scratch holds the sums of all chunks, then a block, unless blocks are threads' own and in slot
 * 4 of the workspace. Uses slots 0 and 1 too.
 */
final class WinogradGradientKernel implements Kernel {
  private static final int MATRICES = WinogradFilters.MATRICES;

  /** Transformed elements of a thread's own: they fit the second cache beside the sums. */
  private static final int OWN = 3 << 16;

  /** Transformed elements that threads share. */
  private static final int SHARED = 1 << 19;

  /** Elements of a chunk's sums at most: they are read and written for each block. */
  private static final int SUMS = 1 << 18;

  /** Tiles of a chunk at least, for whose products it pays to add up its sums. */
  private static final int TILES = 128;

  private static final int FEWEST_CHUNKS = 4;

  private static final int MOST_CHUNKS = 8;

  /** Tiles that are transformed at a time. */
  private static final int PIECE = 16;

  /** Keeps the 36 matrices from driving one another out of the first cache. */
  private static final int APART = 16;

  private final WinogradShape shape;
  private final int channels;
  private final int filters;
  private final PixelImage imagePixels;
  private final PixelImage gradientPixels;
  private final WinogradBlocks blocks;
  private final int chunks;
  private final int sums;
  private final int blockLength;
  private final int imageStep;
  private final int gradientStep;
  private final Floats image;
  private final Floats gradient;
  private final Floats result;
  private final float[] scratch;
  private final int sumsAt;
  private final int blockAt;
  private final int gradientPixelsAt;
  private final int imagesAt;
  private final int gradientsAt;
  private final Products products;
  private final WinogradTransforms transforms;
  private final Workers workers;
  private final Workers.Part computeChunk = this::computeChunk;
  private final Workers.Part layOut = this::layOut;
  private final Workers.Part transform = this::transform;
  private final Workers.Part multiply = this::multiply;
  private final Workers.Part addUp = this::addUp;
  private final Workers.Part finish = this::finish;

  /** The block that threads share. */
  private int shared;

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
    blocks = blocks(shape);
    chunks = blocks.apart() ? chunks(shape) : 1;
    sums = sums(shape);
    imageStep = step(shape, imagePixels);
    gradientStep = step(shape, gradientPixels);
    blockLength = Math.toIntExact(blockLength(shape));
    sumsAt = scratch.offset();
    blockAt = sumsAt + chunks * sums;
    gradientPixelsAt = blocks.pixelsLength(imagePixels);
    imagesAt = gradientPixelsAt + blocks.pixelsLength(gradientPixels);
    gradientsAt = imagesAt + MATRICES * imageStep;
  }

  private static WinogradBlocks blocks(WinogradShape shape) {
    boolean apart = sums(shape) <= SUMS && chunks(shape) >= FEWEST_CHUNKS;
    int pitch = shape.pixels().pitch() + shape.resultPixels().pitch();
    return WinogradBlocks.of(shape, pitch, apart ? OWN : SHARED, 1, apart);
  }

  private static int chunks(WinogradShape shape) {
    return (int) Math.min(MOST_CHUNKS, (long) shape.samples() * shape.tiles() / TILES);
  }

  private static int sums(WinogradShape shape) {
    return MATRICES * shape.filters().filters() * shape.filters().channels();
  }

  /** Elements of scratch. */
  static long scratch(WinogradShape shape) {
    return blocks(shape).apart()
        ? (long) chunks(shape) * sums(shape)
        : sums(shape) + blockLength(shape);
  }

  private static long blockLength(WinogradShape shape) {
    PixelImage image = shape.pixels();
    PixelImage gradient = shape.resultPixels();
    WinogradBlocks blocks = blocks(shape);
    return (long) blocks.pixelsLength(image)
        + blocks.pixelsLength(gradient)
        + MATRICES * ((long) step(shape, image) + step(shape, gradient));
  }

  /** Distance of matrices of transformed tiles. */
  private static int step(WinogradShape shape, PixelImage pixels) {
    return blocks(shape).tiles() * pixels.pitch() + APART;
  }

  @Override
  public void run() {
    if (blocks.apart()) {
      workers.run(chunks, computeChunk);
      workers.run(MATRICES, addUp);
    } else {
      Arrays.fill(scratch, sumsAt, sumsAt + sums, 0f);
      for (shared = 0; shared < blocks.count(); shared++) {
        workers.run(2 * blocks.parts(shared), layOut);
        workers.run(2 * ((blocks.tiles(shared) + PIECE - 1) / PIECE), transform);
        workers.run(MATRICES, multiply);
      }
    }
    workers.run(filters, finish);
  }

  private void computeChunk(int chunk) {
    float[] own = workers.workspace().floats(4, blockLength);
    int to = sumsAt + chunk * sums;
    Arrays.fill(scratch, to, to + sums, 0f);
    int end = (chunk + 1) * blocks.count() / chunks;
    for (int block = chunk * blocks.count() / chunks; block < end; block++) {
      for (int part = 0; part < blocks.parts(block); part++) {
        blocks.layOut(block, part, imagePixels, image, own, CacheLine.FIRST);
        layOutGradient(block, part, own, CacheLine.FIRST);
      }
      transformImages(block, 0, blocks.tiles(block), own, CacheLine.FIRST);
      transformGradients(block, 0, blocks.tiles(block), own, CacheLine.FIRST);
      for (int matrix = 0; matrix < MATRICES; matrix++) {
        multiply(block, matrix, own, CacheLine.FIRST, to);
      }
    }
  }

  private void layOut(int part) {
    if (part % 2 == 0) {
      blocks.layOut(shared, part / 2, imagePixels, image, scratch, blockAt);
    } else {
      layOutGradient(shared, part / 2, scratch, blockAt);
    }
  }

  private void layOutGradient(int block, int part, float[] array, int at) {
    if (!gradientPixels.isInPlace()) {
      blocks.layOut(block, part, gradientPixels, gradient, array, at + gradientPixelsAt);
    }
  }

  private void transform(int part) {
    int end = Math.min((part / 2 + 1) * PIECE, blocks.tiles(shared));
    if (part % 2 == 0) {
      transformImages(shared, part / 2 * PIECE, end, scratch, blockAt);
    } else {
      transformGradients(shared, part / 2 * PIECE, end, scratch, blockAt);
    }
  }

  private void transformImages(int block, int first, int end, float[] array, int at) {
    int pitch = imagePixels.pitch();
    int row = imagePixels.at(1, 0);
    float[] work = workers.workspace().floats(0, MATRICES * pitch);
    for (int tile = first; tile < end; tile++) {
      int from = at + blocks.place(block, tile, imagePixels);
      int to = at + imagesAt + tile * pitch;
      transforms.image(channels, array, from, row, pitch, work, array, to, imageStep);
    }
  }

  private void transformGradients(int block, int first, int end, float[] array, int at) {
    int pitch = gradientPixels.pitch();
    int row = gradientPixels.at(1, 0);
    boolean inPlace = gradientPixels.isInPlace();
    float[] pixels = inPlace ? gradient.array() : array;
    float[] work = workers.workspace().floats(0, MATRICES * pitch);
    for (int tile = first; tile < end; tile++) {
      int from =
          inPlace
              ? gradient.offset() + blocks.placeInImage(block, tile, gradientPixels)
              : at + gradientPixelsAt + blocks.place(block, tile, gradientPixels);
      int to = at + gradientsAt + tile * pitch;
      transforms.resultGradient(filters, pixels, from, row, pitch, work, array, to, gradientStep);
    }
  }

  private void multiply(int matrix) {
    multiply(shared, matrix, scratch, blockAt, sumsAt);
  }

  private void multiply(int block, int matrix, float[] array, int at, int to) {
    products.multiplyAdd(
        filters,
        channels,
        blocks.tiles(block),
        array,
        at + gradientsAt + matrix * gradientStep,
        products.panelRows(),
        1,
        gradientPixels.pitch(),
        array,
        at + imagesAt + matrix * imageStep,
        imagePixels.pitch(),
        scratch,
        to + matrix * filters * channels,
        channels);
  }

  /** Adds the other chunks' sums to those of the first. */
  private void addUp(int matrix) {
    int length = filters * channels;
    int to = sumsAt + matrix * length;
    for (int chunk = 1; chunk < chunks; chunk++) {
      int from = to + chunk * sums;
      for (int i = 0; i < length; i++) {
        scratch[to + i] += scratch[from + i];
      }
    }
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
