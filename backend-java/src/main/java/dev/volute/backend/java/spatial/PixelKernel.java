package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Activations;
import dev.volute.backend.java.kernel.Clamp;
import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.parallel.Workers;
import dev.volute.backend.java.simd.GatheredProducts;
import dev.volute.backend.java.simd.PixelProducts;
import dev.volute.spi.Kernel;
import java.util.Arrays;
import java.util.Optional;

/**
 * A convolution whose result lies channels last: products of windows with filters. Bias, residual
 * and activation are applied while the sums are in registers.
 *
 * <p>Scratch holds the packed filters, unless they are constant, behind them the laid-out samples,
 * unless they are as they lie, and gathered windows, where filters are many and windows few. Uses
 * slots 0 and 1 of the workspace.
 */
final class PixelKernel implements Kernel {
  /** For people. */
  static final String ALGORITHM = "products of windows with filters, channels side by side";

  /** Elements that are laid out at a time, if more than one sample: they fit the second cache. */
  private static final int BLOCK = 1 << 17;

  /** Multiplications of a part: some 10 microseconds. */
  private static final int PRODUCTS = 1 << 20;

  /** Tiles of a part at least: each part reads its filters from the second cache. */
  private static final int TILES = 5;

  /** Elements of filters that stay in the second cache beside windows and results. */
  private static final int FEW = 1 << 16;

  /** Elements of results that stay there. */
  private static final int RESULTS = 1 << 16;

  /** Windows of a sample for which it pays to gather them: reading filters is much of the time. */
  private static final int FEW_WINDOWS = 256;

  /** Elements of gathered windows, if of more than one sample. */
  private static final int GATHERED = 1 << 20;

  private final PixelShape shape;
  private final PixelImage pixels;
  private final PixelFilters packing;
  private final Floats image;
  private final Floats filters;
  private final Floats bias;
  private final Optional<Floats> residual;
  private final Optional<Floats> relu;
  private final Clamp clamp;
  private final Floats result;
  private final Floats packed;
  private final Floats laidOut;
  private final boolean pack;
  private final int block;
  private final int shares;
  private final int windowsOfPart;
  private final int parts;
  private final int resultLength;
  private final Optional<Kernel> activation;
  private final PixelProducts products;
  private final Optional<GatheredProducts> gathered;
  private final Floats windows;
  private final Workers workers;
  private final Workers.Part packer = this::pack;
  private final Workers.Part filler = this::fill;
  private final Workers.Part gatherer = this::gather;
  private final Workers.Part multiplier = this::multiply;

  private int sample;

  PixelKernel(
      PixelShape shape,
      Floats image,
      Floats filters,
      SumEnd end,
      Floats result,
      Floats scratch,
      Optional<Floats> constant,
      Machine machine) {
    this.shape = shape;
    pixels = shape.image();
    packing = shape.filters();
    this.image = image;
    this.filters = filters;
    bias = end.bias().orElse(new Floats(new float[shape.resultChannels()], 0));
    residual = end.residual();
    relu = end.relu();
    clamp = Clamp.of(end.activation());
    this.result = result;
    pack = constant.isEmpty();
    packed = constant.orElse(scratch);
    laidOut = scratch.plus(pack ? packing.length() : 0);
    products = machine.simd().pixelProducts();
    gathered = gathered(shape, products);
    block = block(shape, gathered.isPresent());
    windows = laidOut.plus(pixels.isInPlace() ? 0 : block * pixels.sampleLength());
    workers = machine.workers();
    int tile = products.rows();
    boolean few = packing.length() <= FEW;
    // Few filters: all results of some windows. Many: all windows of some filters.
    shares = few ? 1 : packing.shares();
    long work = (long) tile * packing.panelLength() * (few ? packing.panels() : 1);
    int most = few ? RESULTS / Math.max(1, tile * shape.resultChannels()) : 1 << 10;
    windowsOfPart =
        gathered.isPresent()
            ? shape.windows().from().length
            : tile * (int) Math.max(TILES, Math.min(PRODUCTS / Math.max(1, work), most));
    parts = (shape.windows().from().length + windowsOfPart - 1) / windowsOfPart;
    resultLength = shape.resultLength();
    activation =
        Activations.map(clamp.rest(), machine.simd())
            .map(
                map ->
                    ElementwiseEnd.of(
                        map,
                        result,
                        pixels.samples() * resultLength / shape.resultChannels(),
                        shape.resultChannels(),
                        workers));
  }

  /** Elements of scratch. */
  static long scratch(PixelShape shape, Machine machine) {
    boolean gathers = gathered(shape, machine.simd().pixelProducts()).isPresent();
    long image = shape.image().isInPlace() ? 0 : shape.image().sampleLength();
    long windows = gathers ? gatheredLength(shape) : 0;
    return shape.filters().length() + block(shape, gathers) * (image + windows);
  }

  private static Optional<GatheredProducts> gathered(PixelShape shape, PixelProducts products) {
    PixelFilters filters = shape.filters();
    boolean pays = filters.length() > FEW && shape.count() > 0 && shape.count() <= FEW_WINDOWS;
    return products
        .gathered()
        .filter(each -> pays && filters.groups() == 1 && !filters.isNarrow())
        .filter(each -> each.take(shape.windows()));
  }

  /** Elements of a sample's gathered windows. */
  private static int gatheredLength(PixelShape shape) {
    return shape.windows().from().length * shape.windows().places().length;
  }

  private static int block(PixelShape shape, boolean gathers) {
    int samples = Math.max(1, shape.image().samples());
    int laidOut =
        shape.image().isInPlace()
            ? samples
            : Math.min(samples, BLOCK / Math.max(1, shape.image().sampleLength()));
    return Math.max(1, gathers ? Math.min(laidOut, GATHERED / gatheredLength(shape)) : laidOut);
  }

  @Override
  public void run() {
    if (pack) {
      workers.run(packing.pieces(), packer);
    }
    for (sample = 0; sample < pixels.samples(); sample += block) {
      int samples = Math.min(block, pixels.samples() - sample);
      if (!pixels.isInPlace()) {
        workers.run(samples * pixels.parts(), filler);
      }
      if (gathered.isPresent()) {
        workers.run(samples * tiles(), gatherer);
      }
      workers.run(samples * packing.groups() * shares * parts, multiplier);
    }
    activation.ifPresent(Kernel::run);
  }

  private void pack(int piece) {
    packing.pack(piece, filters.array(), filters.offset(), packed.array(), packed.offset());
  }

  private void fill(int part) {
    int number = part / pixels.parts();
    int to = laidOut.offset() + number * pixels.sampleLength();
    pixels.fillPart(sample + number, part % pixels.parts(), image, laidOut.array(), to);
  }

  private int tiles() {
    return shape.windows().from().length / products.rows();
  }

  private void gather(int part) {
    int number = part / tiles();
    int first = part % tiles() * products.rows();
    int k = shape.windows().places().length;
    Floats from = pixels.isInPlace() ? image : laidOut;
    int at = from.offset() + samplePlace(number);
    int to = windows.offset() + number * gatheredLength(shape) + first * k;
    gathered.get().gather(shape.windows(), first, from.array(), at, windows.array(), to);
  }

  /** Where a sample of the block begins. */
  private int samplePlace(int number) {
    return (pixels.isInPlace() ? sample + number : number) * pixels.sampleLength();
  }

  private void multiply(int part) {
    int first = part % parts * windowsOfPart;
    int end = Math.min(first + windowsOfPart, shape.windows().from().length);
    int share = part / parts % shares;
    int rest = part / parts / shares;
    int behind = share + 1 == shares ? packing.panels() : share + 1;
    for (int panel = share; panel < behind; panel++) {
      multiply(first, end, rest / packing.groups(), rest % packing.groups(), panel);
      if (relu.isPresent()) {
        passRelu(first, end, rest / packing.groups(), panel);
      }
    }
  }

  /** Of gradients, which have one group. */
  private void passRelu(int first, int end, int number, int panel) {
    int at = (sample + number) * resultLength + packing.first(panel);
    products.passRelu(
        shape.windows(),
        first,
        end,
        packing.second(),
        relu.get().array(),
        relu.get().offset() + at,
        result.array(),
        result.offset() + at);
  }

  private void multiply(int first, int end, int number, int group, int panel) {
    int filter = group * packing.filters() + packing.first(panel);
    Floats from = pixels.isInPlace() ? image : laidOut;
    int aAt = from.offset() + samplePlace(number) + group * shape.groupStep();
    int piece = group * packing.panels() + panel;
    int bAt = packed.offset() + piece * packing.panelLength();
    int at = (sample + number) * resultLength + filter;
    if (packing.isNarrow()) {
      multiplyNarrow(first, end, from.array(), aAt, bAt, filter, at);
      return;
    }
    if (gathered.isPresent()) {
      multiplyGathered(number, bAt, filter, at);
      return;
    }
    products.multiply(
        shape.windows(),
        first,
        end,
        from.array(),
        aAt,
        packed.array(),
        bAt,
        packing.second(),
        bias.array(),
        bias.offset() + filter,
        residual.isPresent(),
        residual.orElse(result).array(),
        residual.orElse(result).offset() + at,
        clamp.low(),
        clamp.high(),
        result.array(),
        result.offset() + at);
  }

  private void multiplyGathered(int number, int bAt, int filter, int at) {
    gathered
        .get()
        .multiply(
            shape.windows(),
            windows.array(),
            windows.offset() + number * gatheredLength(shape),
            packed.array(),
            bAt,
            packed.offset() + packing.length(),
            packing.second(),
            bias.array(),
            bias.offset() + filter,
            residual.isPresent(),
            residual.orElse(result).array(),
            residual.orElse(result).offset() + at,
            clamp.low(),
            clamp.high(),
            result.array(),
            result.offset() + at);
  }

  /** Fewer filters than lanes: bias, residual and results go through rows as long as these. */
  private void multiplyNarrow(int first, int end, float[] a, int aAt, int bAt, int filter, int at) {
    int lanes = packing.lanes();
    int step = shape.resultChannels();
    int n = packing.filters();
    int last = Math.min(end, shape.count());
    float[] start = workers.workspace().floats(0, lanes);
    Arrays.fill(start, n, lanes, 0f);
    System.arraycopy(bias.array(), bias.offset() + filter, start, 0, n);
    float[] rows = workers.workspace().floats(1, (end - first) * lanes);
    if (residual.isPresent()) {
      Arrays.fill(rows, 0, (end - first) * lanes, 0f);
      for (int window = first; window < last; window++) {
        int row = residual.get().offset() + at + window * step;
        System.arraycopy(residual.get().array(), row, rows, (window - first) * lanes, n);
      }
    }
    products.multiply(
        shape.windows(),
        first,
        end,
        a,
        aAt,
        packed.array(),
        bAt,
        0,
        start,
        0,
        residual.isPresent(),
        rows,
        -first * lanes,
        clamp.low(),
        clamp.high(),
        rows,
        -first * lanes);
    for (int window = first; window < last; window++) {
      int row = result.offset() + at + window * step;
      System.arraycopy(rows, (window - first) * lanes, result.array(), row, n);
    }
  }
}
