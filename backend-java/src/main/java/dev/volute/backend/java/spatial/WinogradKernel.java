package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Activations;
import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
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
 * <p>Some samples are laid out with the channels of each pixel side by side, then some tiles are
 * transformed at a time, then multiplied by panels of filters and transformed back, in slots 0 to 3
 * of the workspace. Scratch holds the transformed filters, unless they are constant, then the bias,
 * then the laid-out samples, then the transformed tiles, {@code [36, tiles, channels]}.
 */
final class WinogradKernel implements Kernel {
  /** The bound of the error, in units of the largest possible result. */
  static final double ERROR = 1e-5;

  private static final int MATRICES = WinogradFilters.MATRICES;

  /** The matrix that is added to each result as it is, and so begins with the bias. */
  private static final int ONES = 7;

  /** Elements that are laid out at a time, if more than one sample. */
  private static final int BLOCK = 1 << 18;

  /** Transformed elements that are multiplied at a time. */
  private static final int TRANSFORMED = 1 << 18;

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
  private final int pixelsAt;
  private final int imagesAt;
  private final int imagePitch;
  private final int imageStep;
  private final boolean pack;
  private final int block;
  private final int most;
  private final int panelTiles;
  private final float[] zeros;
  private final PixelProducts products;
  private final PixelProducts.Windows rows;
  private final WinogradTransforms transforms;
  private final Workers workers;
  private final WinogradTiles tiles;
  private final Workers.Part packPiece = this::packPiece;
  private final Workers.Part layOut = this::layOut;
  private final Workers.Part transform = this::transform;
  private final Workers.Part multiply = this::multiply;

  private int sample;
  private int samples;
  private int first;
  private int count;

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
    block = block(shape);
    most = most(shape);
    imagePitch = imagePitch(shape);
    imageStep = imageStep(shape);
    biasAt = scratch.offset() + (pack ? filters.length() : 0);
    pixelsAt = biasAt + filters.pitch();
    imagesAt = pixelsAt + block * pixels.sampleLength();
    products = machine.simd().pixelProducts();
    panelTiles = panelTiles(shape);
    zeros = new float[filters.panelWidth()];
    rows = rows(panelTiles, imagePitch, filters);
    transforms = machine.simd().winograd();
    workers = machine.workers();
    tiles = new WinogradTiles(shape, block, resultFormat);
    int pixelCount = shape.samples() * shape.height() * shape.width();
    this.activation =
        Activations.map(clamp.rest(), machine.simd())
            .map(
                map ->
                    ElementwiseActivation.of(map, result, pixelCount, filters.filters(), workers));
  }

  private static PixelProducts.Windows rows(int count, int imagePitch, WinogradFilters filters) {
    int[] from = new int[count];
    int[] to = new int[count];
    for (int tile = 0; tile < count; tile++) {
      from[tile] = tile * imagePitch;
      to[tile] = tile * filters.panelWidth();
    }
    return PixelProducts.Windows.of(from, to, new int[1], filters.channels());
  }

  /** As many tiles as fit, in whole blocks of rows. */
  private static int panelTiles(WinogradShape shape) {
    int height = shape.filters().machine().simd().pixelProducts().rows();
    return Math.max(1, TILES / height) * height;
  }

  /** Elements of scratch. */
  static long scratch(WinogradShape shape) {
    return (long) shape.filters().length()
        + shape.filters().pitch()
        + (long) block(shape) * shape.pixels().sampleLength()
        + (long) MATRICES * imageStep(shape)
        + (long) panelTiles(shape) * imagePitch(shape);
  }

  private static int block(WinogradShape shape) {
    return Math.max(
        1, Math.min(shape.samples(), BLOCK / Math.max(1, shape.pixels().sampleLength())));
  }

  /** Tiles that are transformed before they are multiplied. */
  private static int most(WinogradShape shape) {
    int tiles = panelTiles(shape);
    int fitting = TRANSFORMED / (MATRICES * imagePitch(shape)) / tiles;
    return Math.min(block(shape) * shape.tiles(), Math.max(2, fitting / 2 * 2) * tiles);
  }

  private static int imageStep(WinogradShape shape) {
    return most(shape) * imagePitch(shape) + APART;
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
    for (sample = 0; sample < shape.samples(); sample += block) {
      samples = Math.min(block, shape.samples() - sample);
      workers.run(samples * pixels.parts(), layOut);
      int end = samples * shape.tiles();
      for (first = 0; first < end; first += most) {
        count = Math.min(most, end - first);
        workers.run((count + PIECE - 1) / PIECE, transform);
        workers.run(tilePanels() * filters.panels(), multiply);
      }
    }
    activation.ifPresent(Kernel::run);
  }

  private void packPiece(int number) {
    filters.pack(number, weights.array(), weights.offset(), packed.array(), packed.offset());
  }

  private void layOut(int part) {
    int number = part / pixels.parts();
    int to = pixelsAt + number * pixels.sampleLength();
    pixels.fillPart(sample + number, part % pixels.parts(), image, scratch, to);
  }

  private void transform(int piece) {
    int pitch = pixels.pitch();
    float[] work = workers.workspace().floats(0, MATRICES * pitch);
    for (int t = piece * PIECE; t < Math.min((piece + 1) * PIECE, count); t++) {
      transforms.image(
          filters.channels(),
          scratch,
          pixelsAt + shape.place(first + t, pixels),
          pixels.at(1, 0),
          pitch,
          work,
          scratch,
          imagesAt + t * imagePitch,
          imageStep);
    }
  }

  private int tilePanels() {
    return (count + panelTiles - 1) / panelTiles;
  }

  /** Multiplies some tiles by a panel of filters; those behind the last do not count. */
  private void multiply(int part) {
    int panel = part % filters.panels();
    int unit = products.rows();
    int height = ((count + tilePanels() - 1) / tilePanels() + unit - 1) / unit * unit;
    int tile = part / filters.panels() * height;
    int present = Math.min(height, count - tile);
    if (present <= 0) {
      return;
    }
    int step = panelTiles * filters.panelWidth() + APART;
    float[] results = workers.workspace().floats(1, MATRICES * step);
    for (int i = 0; i < MATRICES; i++) {
      products.multiply(
          rows,
          0,
          (present + unit - 1) / unit * unit,
          scratch,
          imagesAt + i * imageStep + tile * imagePitch,
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
          i * step);
    }
    finish(first + tile, present, panel, results, step);
  }

  /** Transforms some tiles of a panel's filters back. */
  private void finish(int tile, int count, int panel, float[] results, int step) {
    int width = filters.panelWidth();
    int filter = panel * width;
    int present = Math.min(width, filters.filters() - filter);
    int origin = sample * shape.height() * shape.width() * filters.filters();
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
            (t + i) * width,
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
          t * filters.panelWidth(),
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
