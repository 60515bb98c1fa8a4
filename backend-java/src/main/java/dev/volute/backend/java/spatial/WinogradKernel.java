package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Activations;
import dev.volute.backend.java.kernel.Clamp;
import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.parallel.CacheLine;
import dev.volute.backend.java.parallel.Workers;
import dev.volute.backend.java.simd.PixelProducts;
import dev.volute.backend.java.simd.WinogradTransforms;
import dev.volute.graph.composite.Activation;
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
 * <p>Blocks of tiles are laid out with the channels of each pixel side by side, transformed,
 * multiplied by panels of filters and transformed back, in slots 0 to 3 of the workspace. Scratch
 * holds the transformed filters, unless they are constant, then the bias, then a block's laid-out
 * samples, then its transformed tiles, {@code [36, tiles, channels]}; where blocks are threads'
 * own, these two are in slot 4 instead.
 */
final class WinogradKernel implements Kernel {
  /** The bound of the error, in units of the largest possible result. */
  static final double ERROR = 1e-5;

  private static final int MATRICES = WinogradFilters.MATRICES;

  /** The matrix that is added to each result as it is, and so begins with the bias. */
  private static final int ONES = 7;

  /** Transformed elements of a thread's own: they fit the second cache beside the filters. */
  private static final int OWN = 1 << 17;

  /** Transformed elements that threads share. */
  private static final int SHARED = 1 << 18;

  /** So many blocks keep most machines busy. */
  private static final int ENOUGH = 4;

  /** Tiles that are multiplied by a panel of filters, at most. */
  private static final int TILES = 50;

  /** Tiles that are transformed at a time. */
  private static final int PIECE = 8;

  /** Keeps the 36 matrices from driving one another out of the first cache. */
  private static final int APART = 16;

  private final WinogradShape shape;
  private final WinogradFilters filters;
  private final PixelImage pixels;
  private final Floats image;
  private final Floats weights;
  private final Optional<Floats> bias;
  private final Optional<Floats> residual;
  private final Clamp clamp;
  private final Optional<Kernel> activation;
  private final Floats result;
  private final MemoryFormat resultFormat;
  private final Floats packed;
  private final float[] scratch;
  private final int biasAt;
  private final int blockAt;
  private final int imagePitch;
  private final int imageStep;
  private final boolean pack;
  private final WinogradBlocks blocks;
  private final int blockLength;
  private final int panelTiles;
  private final float[] zeros;
  private final PixelProducts products;
  private final PixelProducts.Windows rows;
  private final WinogradTransforms transforms;
  private final Workers workers;
  private final WinogradTiles tiles;
  private final Workers.Part packPiece = this::packPiece;
  private final Workers.Part computeBlock = this::computeBlock;
  private final Workers.Part layOut = this::layOut;
  private final Workers.Part transform = this::transform;
  private final Workers.Part multiply = this::multiply;

  /** The block that threads share. */
  private int shared;

  /**
   * @param residual channels last, as the result then is
   */
  WinogradKernel(
      WinogradShape shape,
      Floats image,
      MemoryFormat imageFormat,
      Floats weights,
      Optional<Floats> bias,
      Optional<Floats> residual,
      Activation activation,
      Floats result,
      MemoryFormat resultFormat,
      Floats scratch,
      Optional<Floats> constant,
      Machine machine) {
    this.shape = shape;
    filters = shape.filters();
    pixels = shape.pixels().in(imageFormat);
    this.image = image;
    this.weights = weights;
    this.bias = bias;
    this.residual = residual;
    clamp = Clamp.of(activation);
    this.result = result;
    this.resultFormat = resultFormat;
    this.scratch = scratch.array();
    pack = constant.isEmpty();
    packed = constant.orElse(scratch);
    blocks = blocks(shape);
    blockLength = Math.toIntExact(blockLength(shape));
    imagePitch = imagePitch(shape);
    imageStep = imageStep(shape);
    biasAt = scratch.offset() + (pack ? filters.length() : 0);
    blockAt = biasAt + filters.pitch();
    products = machine.simd().pixelProducts();
    panelTiles = panelTiles(shape);
    zeros = new float[filters.panelWidth()];
    rows = rows();
    transforms = machine.simd().winograd();
    workers = machine.workers();
    tiles = new WinogradTiles(shape, blocks.samples(), resultFormat);
    int pixelCount = shape.samples() * shape.height() * shape.width();
    this.activation =
        Activations.map(clamp.rest(), machine.simd())
            .map(
                map ->
                    ElementwiseActivation.of(map, result, pixelCount, filters.filters(), workers));
  }

  private PixelProducts.Windows rows() {
    int[] from = new int[panelTiles];
    int[] to = new int[panelTiles];
    for (int tile = 0; tile < panelTiles; tile++) {
      from[tile] = imageAt(tile);
      to[tile] = tile * filters.panelWidth();
    }
    return PixelProducts.Windows.of(from, to, new int[1], filters.channels());
  }

  /** As many tiles as fit, in whole blocks of rows. */
  private static int panelTiles(WinogradShape shape) {
    return Math.max(1, TILES / unit(shape)) * unit(shape);
  }

  private static WinogradBlocks blocks(WinogradShape shape) {
    int unit = unit(shape);
    int pitch = imagePitch(shape);
    WinogradBlocks own = WinogradBlocks.of(shape, pitch, OWN, unit, true);
    return own.count() >= ENOUGH ? own : WinogradBlocks.of(shape, pitch, SHARED, unit, false);
  }

  /** Elements of scratch. */
  static long scratch(WinogradShape shape) {
    long block = blocks(shape).apart() ? 0 : blockLength(shape);
    return shape.filters().length() + shape.filters().pitch() + block;
  }

  /** Elements of a block; tiles behind the last are read, but do not count. */
  private static long blockLength(WinogradShape shape) {
    int unit = unit(shape);
    int units = (blocks(shape).tiles() + unit - 1) / unit;
    return blocks(shape).pixelsLength(shape.pixels()) + (long) units * MATRICES * imageStep(shape);
  }

  /** Tiles are multiplied in multiples of this. */
  private static int unit(WinogradShape shape) {
    return shape.filters().machine().simd().pixelProducts().rows();
  }

  private static int imageStep(WinogradShape shape) {
    return unit(shape) * imagePitch(shape) + APART;
  }

  /** Distance of transformed tiles. */
  private static int imagePitch(WinogradShape shape) {
    return shape.pixels().pitch();
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
        workers.run((blocks.tiles(shared) + PIECE - 1) / PIECE, transform);
        workers.run(tilePanels(shared) * filters.panels(), multiply);
      }
    }
    activation.ifPresent(Kernel::run);
  }

  private void packPiece(int number) {
    filters.pack(number, weights.array(), weights.offset(), packed.array(), packed.offset());
  }

  private void computeBlock(int block) {
    float[] own = workers.workspace().floats(4, blockLength);
    for (int part = 0; part < blocks.parts(block); part++) {
      blocks.layOut(block, part, pixels, image, own, CacheLine.FIRST);
    }
    transform(block, 0, blocks.tiles(block), own, CacheLine.FIRST);
    for (int part = 0; part < tilePanels(block) * filters.panels(); part++) {
      multiply(block, part, own, CacheLine.FIRST);
    }
  }

  private void layOut(int part) {
    blocks.layOut(shared, part, pixels, image, scratch, blockAt);
  }

  private void transform(int piece) {
    int end = Math.min((piece + 1) * PIECE, blocks.tiles(shared));
    transform(shared, piece * PIECE, end, scratch, blockAt);
  }

  private void multiply(int part) {
    multiply(shared, part, scratch, blockAt);
  }

  /** Transforms some tiles of a block, whose laid-out samples begin at {@code at}. */
  private void transform(int block, int first, int end, float[] array, int at) {
    int pitch = pixels.pitch();
    float[] work = workers.workspace().floats(0, MATRICES * pitch);
    int to = at + blocks.pixelsLength(pixels);
    for (int t = first; t < end; t++) {
      transforms.image(
          filters.channels(),
          array,
          at + blocks.place(block, t, pixels),
          pixels.at(1, 0),
          pitch,
          work,
          array,
          to + imageAt(t),
          imageStep);
    }
  }

  /** Where the transformed elements of a tile of a block begin. */
  private int imageAt(int tile) {
    int unit = products.rows();
    return tile / unit * MATRICES * imageStep + tile % unit * imagePitch;
  }

  private int tilePanels(int block) {
    return (blocks.tiles(block) + panelTiles - 1) / panelTiles;
  }

  /** Multiplies some tiles by a panel of filters; those behind the last do not count. */
  private void multiply(int block, int part, float[] array, int at) {
    int panel = part % filters.panels();
    int unit = products.rows();
    int count = blocks.tiles(block);
    int panels = tilePanels(block);
    int height = ((count + panels - 1) / panels + unit - 1) / unit * unit;
    int tile = part / filters.panels() * height;
    int present = Math.min(height, count - tile);
    if (present <= 0) {
      return;
    }
    int images = at + blocks.pixelsLength(pixels) + imageAt(tile);
    int step = panelTiles * filters.panelWidth() + APART;
    float[] results = workers.workspace().floats(1, MATRICES * step);
    for (int i = 0; i < MATRICES; i++) {
      products.multiply(
          rows,
          0,
          (present + unit - 1) / unit * unit,
          array,
          images + i * imageStep,
          packed.array(),
          packed.offset() + i * filters.matrixLength() + filters.place(panel),
          filters.isHalf(panel) ? 0 : filters.panelWidth() / 2,
          i == ONES ? scratch : zeros,
          i == ONES ? biasAt + panel * filters.panelWidth() : 0,
          false,
          zeros,
          0,
          Float.NEGATIVE_INFINITY,
          Float.POSITIVE_INFINITY,
          results,
          CacheLine.FIRST + i * step);
    }
    finish(block, tile, present, panel, results, step);
  }

  /** Transforms some tiles of a panel's filters back. */
  private void finish(int block, int first, int count, int panel, float[] results, int step) {
    int width = filters.panelWidth();
    int filter = panel * width;
    int present = Math.min(width, filters.filters() - filter);
    int tile = blocks.row(block) * shape.tileColumns() + first;
    int origin = blocks.sample(block) * shape.height() * shape.width() * filters.filters();
    if (resultFormat == MemoryFormat.CHANNELS_LAST && present % transforms.width() == 0) {
      finishInPlace(tile, count, origin + filter, present, results, step);
      return;
    }
    int length = WinogradShape.TILE * WinogradShape.TILE * width;
    float[] y = workers.workspace().floats(2, PIECE * length);
    float[] added = workers.workspace().floats(3, residual.isPresent() ? PIECE * length : 0);
    for (int t = 0; t < count; t += PIECE) {
      int number = Math.min(PIECE, count - t);
      if (residual.isPresent()) {
        Floats from = residual.get().plus(origin + filter);
        tiles.takePixels(tile + t, number, added, width, present, from.array(), from.offset());
      }
      for (int i = 0; i < number; i++) {
        transforms.result(
            present,
            results,
            CacheLine.FIRST + (t + i) * width,
            step,
            WinogradShape.TILE,
            WinogradShape.TILE,
            residual.isPresent(),
            added,
            i * length,
            clamp.low(),
            clamp.high(),
            y,
            i * length,
            WinogradShape.TILE * width,
            width);
      }
      int to = result.offset() + origin;
      if (resultFormat == MemoryFormat.CHANNELS_LAST) {
        tiles.copyPixels(tile + t, number, y, width, present, result.array(), to + filter);
        continue;
      }
      for (int channel = 0; channel < present; channel++) {
        int at = to + (filter + channel) * shape.height() * shape.width();
        tiles.scatter(tile + t, number, y, channel, width, result.array(), at);
      }
    }
  }

  /** Transforms tiles back to where they belong. */
  private void finishInPlace(
      int tile, int count, int place, int present, float[] results, int step) {
    Floats added = residual.orElse(result);
    for (int t = 0; t < count; t++) {
      int at = place + tiles.place(tile + t);
      transforms.result(
          present,
          results,
          CacheLine.FIRST + t * filters.panelWidth(),
          step,
          tiles.rows(tile + t),
          tiles.columns(tile + t),
          residual.isPresent(),
          added.array(),
          added.offset() + at,
          clamp.low(),
          clamp.high(),
          result.array(),
          result.offset() + at,
          shape.width() * filters.filters(),
          filters.filters());
    }
  }
}
