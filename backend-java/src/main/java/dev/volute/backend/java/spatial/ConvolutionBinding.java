package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Activations;
import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.graph.composite.Convolution;
import dev.volute.spi.Kernel;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operands;
import dev.volute.spi.Scratch;
import dev.volute.tensor.MemoryFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Runs convolutions over two spatial axes. */
final class ConvolutionBinding implements Planar<Convolution> {
  /** The kernels, and what they are for people. */
  private enum Way {
    TILES(WinogradShape.ALGORITHM),
    DEPTHWISE(DepthwiseKernel.ALGORITHM),
    PIXELS(PixelKernel.ALGORITHM),
    SLIDING(SlidingKernel.ALGORITHM),
    WINDOWS(WindowKernel.ALGORITHM);

    final String algorithm;

    Way(String algorithm) {
      this.algorithm = algorithm;
    }

    static Way of(Convolution op, OpCall call, Machine machine) {
      ConvolutionShape convolution = convolution(op, call);
      if (convolution.isTiled(machine)) {
        return TILES;
      }
      if (op.residual()
          || call.inputFormat(0) == MemoryFormat.CHANNELS_LAST
          || call.outputFormat(0) == MemoryFormat.CHANNELS_LAST) {
        return DepthwiseKernel.runs(convolution) ? DEPTHWISE : PIXELS;
      }
      return SlidingKernel.pays(convolution, convolution.groupFilters()) ? SLIDING : WINDOWS;
    }
  }

  private static ConvolutionShape convolution(Convolution op, OpCall call) {
    return new ConvolutionShape(op.geometry(), call.input(0).shape(), call.input(1).shape());
  }

  @Override
  public boolean takesChannelsLast(Convolution op, OpCall call, int input) {
    boolean image = input == 0 || op.residual() && input == op.residualInput();
    return image && pays(op, call, call.input(input).shape().dim(1));
  }

  @Override
  public boolean givesChannelsLast(Convolution op, OpCall call, int output) {
    return pays(op, call, call.output(0).shape().dim(1));
  }

  /** Small groups of several channels or filters are faster row-major. */
  private static boolean pays(Convolution op, OpCall call, int channels) {
    ConvolutionShape convolution = convolution(op, call);
    return ChannelVectors.areFilled(channels, convolution)
        && (DepthwiseKernel.runs(convolution)
            || !SlidingKernel.pays(convolution, convolution.groupFilters()));
  }

  @Override
  public Optional<String> algorithm(Convolution op, OpCall call, Machine machine) {
    return Optional.of(Way.of(op, call, machine).algorithm);
  }

  /** The call with its operands in formats that its kernel takes and gives. */
  private static OpCall taken(Convolution op, OpCall call, Machine machine) {
    Way way = Way.of(op, call, machine);
    List<MemoryFormat> formats = new ArrayList<>(call.inputFormats());
    if (way == Way.DEPTHWISE) {
      formats.set(0, MemoryFormat.CHANNELS_LAST);
    }
    if (op.residual()) {
      formats.set(op.residualInput(), MemoryFormat.CHANNELS_LAST);
    }
    boolean channelsLast = op.residual() || way == Way.DEPTHWISE || way == Way.PIXELS;
    return channelsLast ? call.in(formats, List.of(MemoryFormat.CHANNELS_LAST)) : call;
  }

  private static PixelShape pixels(ConvolutionShape convolution, OpCall call, Machine machine) {
    return PixelShape.of(convolution, call.inputFormat(0), machine.simd().pixelProducts());
  }

  @Override
  public Scratch scratch(Convolution op, OpCall call, Machine machine) {
    ConvolutionShape convolution = convolution(op, call);
    long wanted =
        switch (Way.of(op, call, machine)) {
          case TILES -> WinogradKernel.scratch(convolution.winograd(machine).orElseThrow());
          case DEPTHWISE -> DepthwiseKernel.packing(convolution).length();
          case PIXELS -> PixelKernel.scratch(pixels(convolution, call, machine), machine);
          case SLIDING -> 0;
          case WINDOWS -> WindowKernel.scratch(convolution.forward(machine), machine.simd());
        };
    return FormatDetour.scratch(call, taken(op, call, machine), Scratch.floats(wanted));
  }

  @Override
  public Kernel bind(Convolution op, OpCall call, Operands operands, Machine machine) {
    OpCall taken = taken(op, call, machine);
    Way way = Way.of(op, call, machine);
    return FormatDetour.bind(
        call, taken, operands, machine, each -> kernel(way, op, taken, each, machine));
  }

  private static Kernel kernel(
      Way way, Convolution op, OpCall call, Operands operands, Machine machine) {
    ConvolutionShape convolution = convolution(op, call);
    Floats image = Floats.of(operands.input(0), call.inputFormat(0));
    Floats filters = Floats.of(operands.input(1));
    Optional<Floats> bias =
        op.bias() ? Optional.of(Floats.of(operands.input(2))) : Optional.empty();
    Optional<Floats> residual =
        op.residual()
            ? Optional.of(Floats.of(operands.input(op.residualInput()), call.outputFormat(0)))
            : Optional.empty();
    SumEnd end = SumEnd.forward(bias, residual, op.activation());
    Floats result = Floats.of(operands.output(0), call.outputFormat(0));
    Floats scratch = Floats.of(operands.scratch().orElse(operands.output(0)));
    switch (way) {
      case TILES -> {
        WinogradShape tiles = convolution.winograd(machine).orElseThrow();
        return new WinogradKernel(
            tiles,
            image,
            call.inputFormat(0),
            filters,
            end,
            result,
            call.outputFormat(0),
            scratch,
            PackedFilters.one(operands, 1, "tiles", tiles.filters(), machine),
            machine);
      }
      case DEPTHWISE -> {
        return new DepthwiseKernel(
            convolution,
            image,
            filters,
            bias,
            residual,
            op.activation(),
            result,
            scratch,
            PackedFilters.one(
                operands, 1, "depthwise", DepthwiseKernel.packing(convolution), machine),
            machine);
      }
      case PIXELS -> {
        PixelShape shape = pixels(convolution, call, machine);
        return new PixelKernel(
            shape,
            image,
            filters,
            end,
            result,
            scratch,
            PackedFilters.one(
                operands, 1, "pixels " + convolution.groups(), shape.filters(), machine),
            machine);
      }
      case SLIDING -> {
        return new SlidingKernel(
            convolution.slidingForward(machine),
            image,
            filters,
            bias,
            Activations.map(op.activation(), machine.simd()),
            result,
            machine);
      }
      case WINDOWS -> {
        WindowShape windows = convolution.forward(machine);
        Optional<List<Floats>> packed =
            PackedFilters.of(
                operands, 1, List.of("windows", op.geometry()), windows.filters(), machine);
        return new WindowKernel(
            windows, image, filters, bias, op.activation(), result, scratch, packed, machine);
      }
    }
    throw new AssertionError(way);
  }
}
