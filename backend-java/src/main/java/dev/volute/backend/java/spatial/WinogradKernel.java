package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Activations;
import dev.volute.backend.java.kernel.Clamp;
import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.parallel.CacheLine;
import dev.volute.backend.java.parallel.Workers;
import dev.volute.backend.java.simd.TileGroups;
import dev.volute.backend.java.simd.TileProducts;
import dev.volute.backend.java.simd.TileTransforms;
import dev.volute.spi.Kernel;
import dev.volute.tensor.MemoryFormat;
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
 * <p>Blocks of tiles are transformed, multiplied by panels of filters and transformed back, in
 * slots 0 to 3 of the workspace. Scratch holds the transformed filters, unless they are constant,
 * then the bias, then a block's samples, if they must be laid out, and its transformed tiles; where
 * blocks are threads' own, these two are in slot 4 instead.
 */
final class WinogradKernel implements Kernel {
  /** The bound of the error, in units of the largest possible result. */
  static final double ERROR = 1e-5;

  private static final int MATRICES = TileGroups.MATRICES;

  /** The matrix that is added to each result as it is, and so begins with the bias. */
  private static final int ONES = 7;

  /**
   * Transformed elements of a thread's own, of image and results: they fit the second cache beside
   * the filters.
   */
  private static final int OWN = 1 << 17;

  /** Tiles of a thread's own: with few channels, what one step writes is near for the next. */
  private static final int TILES = 2 * TileGroups.TILES;

  /** Transformed elements that threads share. */
  private static final int SHARED = 1 << 18;

  /** More elements of filters do not stay in the second cache from one time to the next. */
  private static final int FAR = 1 << 18;

  /** Tiles of a block that take as long to be multiplied as filters to be read. */
  private static final int FEW = 96;

  /** So many blocks keep most machines busy. */
  private static final int ENOUGH = 4;

  private final WinogradShape shape;
  private final WinogradFilters filters;
  private final Floats weights;
  private final Optional<Floats> bias;
  private final Optional<Floats> residual;
  private final Optional<Floats> relu;
  private final Clamp clamp;
  private final Optional<Kernel> activation;
  private final Floats result;
  private final MemoryFormat resultFormat;
  private final Floats packed;
  private final float[] scratch;
  private final int biasAt;
  private final int blockAt;
  private final boolean pack;
  private final WinogradBlocks blocks;
  private final int blockLength;
  private final TileRows images;
  private final TileGroups resultGroups;
  private final boolean readsAhead;
  private final float[] zeros;
  private final TileProducts products;
  private final TileTransforms transforms;
  private final Workers workers;
  private final Workers.Part packPiece = this::packPiece;
  private final Workers.Part computeBlock = this::computeBlock;
  private final Workers.Part layOut = this::layOut;
  private final Workers.Part transform = this::transform;
  private final Workers.Part multiply = this::multiply;

  /** The block that threads share. */
  private int shared;

  /**
   * @param end residual and relu's results channels last, as the result then is
   */
  WinogradKernel(
      WinogradShape shape,
      Floats image,
      MemoryFormat imageFormat,
      Floats weights,
      SumEnd end,
      Floats result,
      MemoryFormat resultFormat,
      Floats scratch,
      Optional<Floats> constant,
      Machine machine) {
    this.shape = shape;
    filters = shape.filters();
    this.weights = weights;
    bias = end.bias();
    residual = end.residual();
    relu = end.relu();
    clamp = Clamp.of(end.activation());
    this.result = result;
    this.resultFormat = resultFormat;
    this.scratch = scratch.array();
    pack = constant.isEmpty();
    packed = constant.orElse(scratch);
    blocks = blocks(shape);
    blockLength = Math.toIntExact(blockLength(shape));
    images = TileRows.ofImage(blocks, image, imageFormat, machine);
    biasAt = scratch.offset() + (pack ? filters.length() : 0);
    blockAt = biasAt + filters.pitch();
    products = machine.simd().tileProducts();
    transforms = machine.simd().tileTransforms();
    resultGroups = new TileGroups(transforms.run(), partWidth(shape));
    readsAhead = filters.length() > FAR && blocks.tiles() <= FEW;
    zeros = new float[filters.panelWidth()];
    workers = machine.workers();
    int pixelCount = shape.samples() * shape.height() * shape.width();
    activation =
        Activations.map(clamp.rest(), machine.simd())
            .map(map -> ElementwiseEnd.of(map, result, pixelCount, filters.filters(), workers));
  }

  /** Filters whose results are transformed back at a time: whole panels, and whole runs. */
  private static int partWidth(WinogradShape shape) {
    int run = shape.filters().machine().simd().tileTransforms().run();
    return Math.min(Math.max(shape.filters().panelWidth(), run), shape.resultPixels().pitch());
  }

  private static WinogradBlocks blocks(WinogradShape shape) {
    int pitch = shape.pixels().pitch() + partWidth(shape);
    int unit = TileGroups.TILES;
    int most = Math.min(OWN, TILES * MATRICES * pitch);
    WinogradBlocks own = WinogradBlocks.of(shape, pitch, most, unit, true);
    return own.count() >= ENOUGH ? own : WinogradBlocks.of(shape, pitch, SHARED, unit, false);
  }

  /** Elements of scratch. */
  static long scratch(WinogradShape shape) {
    long block = blocks(shape).apart() ? 0 : blockLength(shape);
    return shape.filters().length() + shape.filters().pitch() + block;
  }

  private static long blockLength(WinogradShape shape) {
    WinogradBlocks blocks = blocks(shape);
    int tiles = shape.groups(shape.pixels()).length(blocks.tiles());
    return (long) blocks.pixelsLength(shape.pixels()) + tiles;
  }

  @Override
  public void run() {
    if (pack) {
      workers.run(filters.pieces(), packPiece);
    }
    if (bias.isPresent()) {
      System.arraycopy(bias.get().array(), bias.get().offset(), scratch, biasAt, filters.filters());
    } else {
      Arrays.fill(scratch, biasAt, biasAt + filters.filters(), 0f);
    }
    if (blocks.apart()) {
      workers.run(blocks.count(), computeBlock);
    } else {
      for (shared = 0; shared < blocks.count(); shared++) {
        workers.run(blocks.parts(shared), layOut);
        workers.run(blocks.parts(shared), transform);
        workers.run(parts(), multiply);
      }
    }
    activation.ifPresent(Kernel::run);
  }

  private void packPiece(int number) {
    filters.pack(number, weights.array(), weights.offset(), packed.array(), packed.offset());
  }

  /** Filters are multiplied in so many parts. */
  private int parts() {
    return (filters.filters() + resultGroups.channels() - 1) / resultGroups.channels();
  }

  private void computeBlock(int block) {
    float[] own = workers.workspace().floats(4, blockLength);
    for (int part = 0; part < blocks.parts(block); part++) {
      images.layOut(block, part, own, CacheLine.FIRST);
    }
    for (int part = 0; part < blocks.parts(block); part++) {
      transform(block, part, own, CacheLine.FIRST);
    }
    for (int part = 0; part < parts(); part++) {
      multiply(block, part, own, CacheLine.FIRST);
    }
  }

  private void layOut(int part) {
    images.layOut(shared, part, scratch, blockAt);
  }

  private void transform(int part) {
    transform(shared, part, scratch, blockAt);
  }

  private void multiply(int part) {
    multiply(shared, part, scratch, blockAt);
  }

  /** Transforms a row of tiles of a block, which begins at {@code at}. */
  private void transform(int block, int part, float[] array, int at) {
    images.transform(block, part, array, at, array, at + blocks.pixelsLength(shape.pixels()));
  }

  /** Multiplies a block by some filters. */
  private void multiply(int block, int part, float[] array, int at) {
    int tiles = blocks.tiles(block);
    int images = at + blocks.pixelsLength(shape.pixels());
    int first = part * resultGroups.channels();
    int end = Math.min(first + resultGroups.channels(), filters.filters());
    int run = resultGroups.run();
    int step = TileGroups.matrixStep(run);
    float[] results = workers.workspace().floats(1, resultGroups.length(tiles));
    for (int i = 0; i < MATRICES; i++) {
      for (int column = first; column < end; column += filters.panelWidth()) {
        int panel = column / filters.panelWidth();
        int place = (column - first) / run * TileGroups.runStep(run) + (column - first) % run;
        products.multiply(
            tiles,
            filters.channels(),
            array,
            images + i * step,
            this.images.groups().step(),
            packed.array(),
            packed.offset() + filters.place(i, panel),
            packed.offset() + (readsAhead ? filters.next(i, panel) : filters.place(i, panel)),
            filters.isHalf(panel),
            i == ONES ? scratch : zeros,
            i == ONES ? biasAt + column : 0,
            results,
            CacheLine.FIRST + place + i * step,
            resultGroups.step());
      }
    }
    for (int row = 0; row < blocks.parts(block); row++) {
      for (int filter = first; filter < end; filter += run) {
        int place = CacheLine.FIRST + (filter - first) / run * TileGroups.runStep(run);
        finish(block, row, filter, results, place);
      }
    }
  }

  /** Transforms a row of tiles of a run of filters back. */
  private void finish(int block, int part, int filter, float[] results, int at) {
    int tiles = shape.tileColumns();
    int run = resultGroups.run();
    float[] between = workers.workspace().floats(0, tiles * WinogradShape.TILE * 6 * run);
    transforms.resultRows(
        tiles, results, at, part * tiles, resultGroups.step(), between, CacheLine.FIRST);
    int present = Math.min(run, filters.filters() - filter);
    int y = blocks.rowOfTiles(block, part) * WinogradShape.TILE;
    int rows = Math.min(WinogradShape.TILE, shape.height() - y);
    int pixel = (blocks.sampleOf(block, part) * shape.height() + y) * shape.width();
    if (resultFormat == MemoryFormat.CHANNELS_LAST && present == run) {
      Floats added = residual.orElse(result);
      Floats passed = relu.orElse(result);
      int place = pixel * filters.filters() + filter;
      int pitch = filters.filters();
      finish(
          rows,
          between,
          added.array(),
          added.offset() + place,
          passed.array(),
          passed.offset() + place,
          result.array(),
          result.offset() + place,
          pitch);
      return;
    }
    int length = rows * shape.width() * run;
    float[] strip = workers.workspace().floats(2, length);
    float[] beside =
        workers.workspace().floats(3, residual.isPresent() || relu.isPresent() ? 2 * length : 0);
    residual.ifPresent(each -> gather(each, pixel, rows, filter, present, run, beside, 0));
    relu.ifPresent(each -> gather(each, pixel, rows, filter, present, run, beside, length));
    finish(rows, between, beside, 0, beside, length, strip, 0, run);
    if (resultFormat == MemoryFormat.CHANNELS_LAST) {
      for (int i = 0; i < rows * shape.width(); i++) {
        int to = result.offset() + (pixel + i) * filters.filters() + filter;
        System.arraycopy(strip, i * run, result.array(), to, present);
      }
      return;
    }
    int plane = shape.height() * shape.width();
    int sample = blocks.sampleOf(block, part) * filters.filters() * plane + y * shape.width();
    for (int channel = 0; channel < present; channel++) {
      int to = result.offset() + sample + (filter + channel) * plane;
      spread(rows * shape.width(), strip, channel, run, result.array(), to);
    }
  }

  /** Some filters of the pixels of some rows, side by side. */
  private void gather(
      Floats from, int pixel, int rows, int filter, int present, int run, float[] to, int toAt) {
    for (int i = 0; i < rows * shape.width(); i++) {
      int at = from.offset() + (pixel + i) * filters.filters() + filter;
      System.arraycopy(from.array(), at, to, toAt + i * run, present);
    }
  }

  /** Transforms columns back; what lies beside the result begins with the same pixel. */
  private void finish(
      int rows,
      float[] between,
      float[] added,
      int addedAt,
      float[] passed,
      int passedAt,
      float[] y,
      int yAt,
      int pitch) {
    transforms.resultColumns(
        shape.width(),
        rows,
        between,
        CacheLine.FIRST,
        residual.isPresent(),
        added,
        addedAt,
        relu.isPresent(),
        passed,
        passedAt,
        clamp.low(),
        clamp.high(),
        y,
        yAt,
        shape.width() * pitch,
        pitch);
  }

  private static void spread(int count, float[] from, int fromAt, int step, float[] to, int toAt) {
    for (int i = 0; i < count; i++) {
      to[toAt + i] = from[fromAt + i * step];
    }
  }
}
