package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.parallel.Workers;
import dev.volute.backend.java.simd.RunCopies;
import dev.volute.backend.java.simd.Simd;
import dev.volute.spi.Kernel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Products of filters with all windows of images: the filters are packed, then a few samples at a
 * time are laid out, unless they are as they lie, and multiplied.
 *
 * <p>Scratch holds the packed filters, unless they are constant, and behind them the laid-out
 * samples.
 */
final class WindowKernel implements Kernel {
  /** For people. */
  static final String ALGORITHM = "products of filters with windows read where they lie";

  /** Elements that are laid out at a time, if more than one sample: they fit the second cache. */
  private static final int BLOCK = 1 << 17;

  private static final int CHANNELS_OF_A_PART = 16;

  private final RunCopies copies;
  private final Workers workers;
  private final WindowShape shape;
  private final Floats image;
  private final Floats filters;
  private final Optional<Floats> bias;
  private final Floats result;
  private final Floats planes;
  private final List<Floats> packed;
  private final boolean pack;
  private final boolean inPlace;
  private final int block;
  private final List<ColumnRuns> full;
  private final List<ColumnRuns> rest;
  private final List<Workers.Part> packers = new ArrayList<>();
  private final List<Workers.Part> multipliers = new ArrayList<>();

  private int sample;
  private int samples;
  private List<ColumnRuns> runs = List.of();

  WindowKernel(
      WindowShape shape,
      Floats image,
      Floats filters,
      Optional<Floats> bias,
      Floats result,
      Floats scratch,
      Optional<List<Floats>> constants,
      Machine machine) {
    this.workers = machine.workers();
    copies = machine.simd().runCopies();
    this.shape = shape;
    this.image = image;
    this.filters = filters;
    this.bias = bias;
    this.result = result;
    pack = constants.isEmpty();
    int at = scratch.offset();
    List<Floats> own = new ArrayList<>();
    for (WindowProduct product : shape.products()) {
      own.add(new Floats(scratch.array(), at));
      at += pack ? product.filters().length() : 0;
    }
    packed = constants.orElse(own);
    planes = new Floats(scratch.array(), at);
    long end = image.offset() + (long) shape.samples() * shape.sampleLength();
    inPlace =
        shape.layout().isImage()
            && end + machine.simd().runCopies().overrun() <= image.array().length;
    block = block(shape);
    full = runs(block);
    rest = runs(shape.samples() % block);
    for (int i = 0; i < shape.products().size(); i++) {
      int number = i;
      WindowProduct product = shape.products().get(i);
      packers.add(piece -> pack(product, piece, packed.get(number)));
      multipliers.add(part -> multiply(product, part, number));
    }
  }

  /** Elements of scratch. */
  static long scratch(WindowShape shape, Simd simd) {
    long elements = (long) block(shape) * shape.sampleLength() + simd.runCopies().overrun();
    for (WindowProduct product : shape.products()) {
      elements += product.filters().length();
    }
    return elements;
  }

  private static int block(WindowShape shape) {
    return Math.max(1, Math.min(shape.samples(), BLOCK / Math.max(1, shape.sampleLength())));
  }

  private List<ColumnRuns> runs(int samples) {
    return shape.products().stream()
        .map(each -> each.runs(samples, shape.sampleLength(), shape.layout().columns()))
        .toList();
  }

  private void pack(WindowProduct product, int piece, Floats to) {
    product.filters().pack(piece, filters.array(), filters.offset(), to.array(), to.offset());
  }

  @Override
  public void run() {
    for (int i = 0; i < packers.size() && pack; i++) {
      workers.run(shape.products().get(i).filters().pieces(), packers.get(i));
    }
    for (sample = 0; sample < shape.samples(); sample += block) {
      samples = Math.min(block, shape.samples() - sample);
      runs = samples == block ? full : rest;
      if (!inPlace) {
        int channels = samples * shape.channels();
        workers.run((channels + CHANNELS_OF_A_PART - 1) / CHANNELS_OF_A_PART, layOut);
      }
      for (int i = 0; i < multipliers.size(); i++) {
        workers.run(shape.products().get(i).parts(runs.get(i)), multipliers.get(i));
      }
    }
  }

  private final Workers.Part layOut = this::layOut;

  private void layOut(int part) {
    PlaneLayout layout = shape.layout();
    int first = part * CHANNELS_OF_A_PART;
    int count = Math.min(CHANNELS_OF_A_PART, samples * shape.channels() - first);
    int from =
        image.offset() + (sample * shape.channels() + first) * layout.height() * layout.width();
    layout.fill(
        count,
        image.array(),
        from,
        planes.array(),
        planes.offset() + first * layout.length(),
        copies);
  }

  private void multiply(WindowProduct product, int part, int number) {
    product.run(
        part,
        runs.get(number),
        packed.get(number),
        bias,
        inPlace ? image.array() : planes.array(),
        inPlace ? image.offset() + sample * shape.sampleLength() : planes.offset(),
        result,
        sample);
  }
}
