package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Activations;
import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.parallel.Workers;
import dev.volute.backend.java.simd.FloatMap;
import dev.volute.backend.java.simd.RunCopies;
import dev.volute.backend.java.simd.Simd;
import dev.volute.graph.composite.Activation;
import dev.volute.spi.Kernel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Products of filters with all windows of images: the filters are packed, then a few samples at a
 * time are laid out, unless they are as they lie, and multiplied. The elements that a cell of a
 * filter meets in all windows lie side by side, so that tiles read them where they are.
 *
 * <p>Scratch holds the packed filters, unless they are constant, and behind them the laid-out
 * samples.
 */
final class WindowKernel implements Kernel {
  /** For people. */
  static final String ALGORITHM = "products of filters with windows read where they lie";

  private static final int CHANNELS_OF_A_PART = 16;

  /** More filters than a panel has. */
  private static final int PANEL = 16;

  private final RunCopies copies;
  private final Workers workers;
  private final WindowShape shape;
  private final int[] origins;
  private final Floats image;
  private final Floats filters;
  private final Optional<Floats> bias;
  private final Floats begin;
  private final float low;
  private final Optional<FloatMap> rest;
  private final Floats result;
  private final Floats planes;
  private final List<Floats> packed;
  private final boolean pack;
  private final boolean inPlace;
  private final int block;
  private final List<Workers.Part> packers = new ArrayList<>();
  private final List<Workers.Part> multipliers = new ArrayList<>();
  private final Workers.Part layOut = this::layOut;

  private int sample;
  private int samples;

  WindowKernel(
      WindowShape shape,
      Floats image,
      Floats filters,
      Optional<Floats> bias,
      Activation activation,
      Floats result,
      Floats scratch,
      Optional<List<Floats>> constants,
      Machine machine) {
    this.workers = machine.workers();
    copies = machine.simd().runCopies();
    this.shape = shape;
    origins = shape.layout().origins();
    this.image = image;
    this.filters = filters;
    this.bias = bias;
    begin = new Floats(new float[resultChannels(shape) + PANEL], 0);
    // One bound costs a tile little; all else is done to what it stored.
    boolean bounded = activation == Activation.RELU;
    low = bounded ? 0f : Float.NEGATIVE_INFINITY;
    rest = bounded ? Optional.empty() : Activations.map(activation, machine.simd());
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
    long end = image.offset() + (long) shape.samples() * shape.sampleStep();
    inPlace =
        shape.layout().isImage()
            && end + machine.simd().windowProducts().overrun() <= image.array().length;
    block = shape.block();
    for (int i = 0; i < shape.products().size(); i++) {
      int number = i;
      WindowProduct product = shape.products().get(i);
      packers.add(piece -> pack(product, piece, packed.get(number)));
      multipliers.add(part -> multiply(product, part, number));
    }
  }

  private static int resultChannels(WindowShape shape) {
    return shape.filters().stream().mapToInt(each -> each.groups() * each.rows()).max().orElse(0);
  }

  /** Elements of scratch. */
  static long scratch(WindowShape shape, Simd simd) {
    long elements = shape.length() + simd.windowProducts().overrun();
    for (WindowProduct product : shape.products()) {
      elements += product.filters().length();
    }
    return elements;
  }

  private void pack(WindowProduct product, int piece, Floats to) {
    product.filters().pack(piece, filters.array(), filters.offset(), to.array(), to.offset());
  }

  @Override
  public void run() {
    if (bias.isPresent()) {
      Floats values = bias.get();
      System.arraycopy(
          values.array(), values.offset(), begin.array(), 0, begin.array().length - PANEL);
    }
    for (int i = 0; i < packers.size() && pack; i++) {
      workers.run(shape.products().get(i).filters().pieces(), packers.get(i));
    }
    for (sample = 0; sample < shape.samples(); sample += block) {
      samples = Math.min(block, shape.samples() - sample);
      if (!inPlace) {
        int channels = samples * shape.channels();
        workers.run((channels + CHANNELS_OF_A_PART - 1) / CHANNELS_OF_A_PART, layOut);
      }
      for (int i = 0; i < multipliers.size(); i++) {
        workers.run(shape.products().get(i).parts(samples), multipliers.get(i));
      }
    }
  }

  private void layOut(int part) {
    PlaneLayout layout = shape.layout();
    int first = part * CHANNELS_OF_A_PART;
    int end = Math.min(first + CHANNELS_OF_A_PART, samples * shape.channels());
    for (int channel = first; channel < end; channel++) {
      int from =
          image.offset() + (sample * shape.channels() + channel) * layout.height() * layout.width();
      int to =
          planes.offset()
              + channel / shape.channels() * shape.sampleStep()
              + channel % shape.channels() * layout.length();
      if (origins.length > 0) {
        copies.planes(
            origins,
            layout.rows(),
            layout.columns(),
            image.array(),
            from,
            layout.vertical().stride() * layout.width(),
            planes.array(),
            to,
            layout.step());
      } else {
        layout.fill(1, image.array(), from, planes.array(), to, copies);
      }
    }
  }

  private void multiply(WindowProduct product, int part, int number) {
    product.run(
        part,
        samples,
        shape.sampleStep(),
        packed.get(number),
        begin,
        low,
        rest,
        inPlace ? image.array() : planes.array(),
        inPlace ? image.offset() + sample * shape.sampleStep() : planes.offset(),
        result,
        sample);
  }
}
