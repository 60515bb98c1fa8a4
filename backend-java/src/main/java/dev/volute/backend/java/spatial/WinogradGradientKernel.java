package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.parallel.CacheLine;
import dev.volute.backend.java.parallel.Workers;
import dev.volute.backend.java.parallel.Workspace;
import dev.volute.backend.java.simd.TileGroups;
import dev.volute.backend.java.simd.TileProducts;
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
 * <p>Blocks of tiles are transformed, of the image and of the gradient, and their products added to
 * 36 sums. Where these are small, and tiles many, the blocks are divided into chunks with sums of
 * their own, each on one thread; which chunks, is a matter of the shape.
 *
 * <p>Scratch holds the sums of all chunks, then a block, unless blocks are threads' own and in slot
 * 4 of the workspace. Uses slots 0 and 1 too. Sums lie as {@link TileProducts#addSums} says,
 * filters as rows.
 */
final class WinogradGradientKernel implements Kernel {
  private static final int MATRICES = TileGroups.MATRICES;

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

  private final int channels;
  private final int filters;
  private final WinogradBlocks blocks;
  private final TileRows images;
  private final TileRows gradients;
  private final int chunks;
  private final int sums;
  private final int sumRows;
  private final int blockLength;
  private final Floats result;
  private final float[] scratch;
  private final int sumsAt;
  private final int blockAt;
  private final int gradientPixelsAt;
  private final int imagesAt;
  private final int gradientsAt;
  private final int run;
  private final TileProducts products;
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
    this.result = result;
    this.scratch = scratch.array();
    products = machine.simd().tileProducts();
    transforms = machine.simd().winograd();
    workers = machine.workers();
    channels = shape.filters().channels();
    filters = shape.filters().filters();
    blocks = blocks(shape);
    images = TileRows.ofImage(blocks, image, imageFormat, machine);
    gradients = TileRows.ofGradient(blocks, gradient, gradientFormat, machine);
    run = images.groups().run();
    chunks = blocks.apart() ? chunks(shape) : 1;
    sums = sums(shape);
    sumRows = gradients.groups().runs() * run;
    blockLength = Math.toIntExact(blockLength(shape));
    sumsAt = scratch.offset();
    blockAt = sumsAt + chunks * sums;
    gradientPixelsAt = blocks.pixelsLength(shape.pixels());
    imagesAt = gradientPixelsAt + blocks.pixelsLength(shape.resultPixels());
    gradientsAt = imagesAt + images.groups().length(blocks.tiles());
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
    return MATRICES * shape.resultPixels().pitch() * shape.pixels().pitch();
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
        + shape.groups(image).length(blocks.tiles())
        + shape.groups(gradient).length(blocks.tiles());
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
        workers.run(2 * blocks.parts(shared), transform);
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
      for (int part = 0; part < 2 * blocks.parts(block); part++) {
        layOut(block, part, own, CacheLine.FIRST);
      }
      for (int part = 0; part < 2 * blocks.parts(block); part++) {
        transform(block, part, own, CacheLine.FIRST);
      }
      for (int matrix = 0; matrix < MATRICES; matrix++) {
        multiply(block, matrix, own, CacheLine.FIRST, to);
      }
    }
  }

  private void layOut(int part) {
    layOut(shared, part, scratch, blockAt);
  }

  private void layOut(int block, int part, float[] array, int at) {
    if (part % 2 == 0) {
      images.layOut(block, part / 2, array, at);
    } else {
      gradients.layOut(block, part / 2, array, at + gradientPixelsAt);
    }
  }

  private void transform(int part) {
    transform(shared, part, scratch, blockAt);
  }

  private void transform(int block, int part, float[] array, int at) {
    if (part % 2 == 0) {
      images.transform(block, part / 2, array, at, array, at + imagesAt);
    } else {
      int pixelsAt = at + gradientPixelsAt;
      gradients.transform(block, part / 2, array, pixelsAt, array, at + gradientsAt);
    }
  }

  private void multiply(int matrix) {
    multiply(shared, matrix, scratch, blockAt, sumsAt);
  }

  private void multiply(int block, int matrix, float[] array, int at, int to) {
    int place = at + matrix * TileGroups.matrixStep(run);
    products.addSums(
        blocks.tiles(block),
        filters,
        channels,
        array,
        place + gradientsAt,
        gradients.groups().step(),
        array,
        place + imagesAt,
        images.groups().step(),
        scratch,
        to + matrix * (sums / MATRICES),
        sumRows);
  }

  /** Adds the other chunks' sums to those of the first. */
  private void addUp(int matrix) {
    int length = sums / MATRICES;
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
    int step = images.groups().runs() * run;
    float[] sums = workspace.floats(0, MATRICES * step);
    float[] nine = workspace.floats(1, 9 * step);
    for (int i = 0; i < MATRICES; i++) {
      int from = sumsAt + i * step * sumRows + filter * run;
      for (int column = 0; column < step; column += run, from += sumRows * run) {
        System.arraycopy(scratch, from, sums, i * step + column, run);
      }
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
