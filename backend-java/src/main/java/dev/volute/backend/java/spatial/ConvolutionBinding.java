package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Activations;
import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.simd.FloatMap;
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
  private static ConvolutionShape convolution(Convolution op, OpCall call) {
    return new ConvolutionShape(op.geometry(), call.input(0).shape(), call.input(1).shape());
  }

  @Override
  public boolean takesChannelsLast(Convolution op, OpCall call, int input) {
    return !slides(op, call) && (input == 0 || op.residual() && input == op.residualInput());
  }

  @Override
  public boolean givesChannelsLast(Convolution op, OpCall call, int output) {
    return !slides(op, call);
  }

  private static boolean slides(Convolution op, OpCall call) {
    ConvolutionShape convolution = convolution(op, call);
    return SlidingKernel.pays(convolution, convolution.groupFilters());
  }

  /** Whether minimal filtering runs it: in whatever formats, but without a residual. */
  private static boolean isTiled(Convolution op, ConvolutionShape convolution) {
    return !op.residual() && convolution.isTiled();
  }

  /** Whether, if not tiled, kernels that give results channels last run it. */
  private static boolean isChannelsLast(Convolution op, OpCall call) {
    return op.residual()
        || call.inputFormat(0) == MemoryFormat.CHANNELS_LAST
        || call.outputFormat(0) == MemoryFormat.CHANNELS_LAST;
  }

  /** The call as these kernels take it. */
  private static OpCall taken(Convolution op, OpCall call) {
    List<MemoryFormat> formats = new ArrayList<>(call.inputFormats());
    if (op.residual()) {
      formats.set(op.residualInput(), MemoryFormat.CHANNELS_LAST);
    }
    return call.in(formats, List.of(MemoryFormat.CHANNELS_LAST));
  }

  private static PixelShape pixels(ConvolutionShape convolution, OpCall call, Machine machine) {
    return PixelShape.of(convolution, call.inputFormat(0), machine.simd().pixelProducts());
  }

  @Override
  public Optional<String> algorithm(Convolution op, OpCall call, Machine machine) {
    ConvolutionShape convolution = convolution(op, call);
    return Optional.of(
        isTiled(op, convolution)
            ? WinogradShape.ALGORITHM
            : isChannelsLast(op, call)
                ? PixelKernel.ALGORITHM
                : SlidingKernel.pays(convolution, convolution.groupFilters())
                    ? SlidingKernel.ALGORITHM
                    : WindowKernel.ALGORITHM);
  }

  @Override
  public Scratch scratch(Convolution op, OpCall call, Machine machine) {
    ConvolutionShape convolution = convolution(op, call);
    if (isTiled(op, convolution)) {
      return Scratch.floats(WinogradKernel.scratch(convolution.winograd(machine).orElseThrow()));
    }
    if (isChannelsLast(op, call)) {
      long wanted = PixelKernel.scratch(pixels(convolution, call, machine));
      return FormatDetour.scratch(call, taken(op, call), Scratch.floats(wanted));
    }
    return SlidingKernel.pays(convolution, convolution.groupFilters())
        ? Scratch.NONE
        : Scratch.floats(
            WindowKernel.scratch(convolution.forward(Optional.empty(), machine), machine.simd()));
  }

  @Override
  public Kernel bind(Convolution op, OpCall call, Operands operands, Machine machine) {
    if (isTiled(op, convolution(op, call))) {
      return tiled(op, call, operands, machine);
    }
    if (isChannelsLast(op, call)) {
      OpCall taken = taken(op, call);
      return FormatDetour.bind(
          call, taken, operands, machine, each -> channelsLast(op, taken, each, machine));
    }
    return rowMajor(op, call, operands, machine);
  }

  private static Optional<Floats> bias(Convolution op, Operands operands) {
    return op.bias() ? Optional.of(Floats.of(operands.input(2))) : Optional.empty();
  }

  private static Kernel tiled(Convolution op, OpCall call, Operands operands, Machine machine) {
    WinogradShape tiles = convolution(op, call).winograd(machine).orElseThrow();
    Optional<Floats> packed =
        PackedFilters.of(operands, 1, "tiles", List.of(tiles.filters())).map(each -> each.get(0));
    return new WinogradKernel(
        tiles,
        Floats.of(operands.input(0), call.inputFormat(0)),
        call.inputFormat(0),
        Floats.of(operands.input(1)),
        bias(op, operands),
        Activations.map(op.activation(), machine.simd()),
        Floats.of(operands.output(0), call.outputFormat(0)),
        call.outputFormat(0),
        Floats.of(operands.scratch().orElseThrow()),
        packed,
        machine);
  }

  private static Kernel channelsLast(
      Convolution op, OpCall call, Operands operands, Machine machine) {
    ConvolutionShape convolution = convolution(op, call);
    PixelShape shape = pixels(convolution, call, machine);
    Optional<Floats> packed =
        PackedFilters.of(operands, 1, "pixels " + op.geometry().groups(), List.of(shape.filters()))
            .map(each -> each.get(0));
    return new PixelKernel(
        shape,
        Floats.of(operands.input(0), call.inputFormat(0)),
        Floats.of(operands.input(1)),
        bias(op, operands),
        op.residual()
            ? Optional.of(Floats.of(operands.input(op.residualInput()), MemoryFormat.CHANNELS_LAST))
            : Optional.empty(),
        op.activation(),
        Floats.of(operands.output(0), MemoryFormat.CHANNELS_LAST),
        Floats.of(operands.scratch().orElseThrow()),
        packed,
        machine);
  }

  private static Kernel rowMajor(Convolution op, OpCall call, Operands operands, Machine machine) {
    ConvolutionShape convolution = convolution(op, call);
    Floats image = Floats.of(operands.input(0));
    Floats filters = Floats.of(operands.input(1));
    Optional<Floats> bias = bias(op, operands);
    Floats result = Floats.of(operands.output(0));
    Optional<FloatMap> activation = Activations.map(op.activation(), machine.simd());
    if (SlidingKernel.pays(convolution, convolution.groupFilters())) {
      WindowShape windows = convolution.forward(activation, machine);
      return new SlidingKernel(windows, image, filters, bias, activation, result, machine);
    }
    Floats scratch = Floats.of(operands.scratch().orElseThrow());
    WindowShape windows = convolution.forward(activation, machine);
    Optional<List<Floats>> packed =
        PackedFilters.of(operands, 1, "windows " + op.geometry(), windows.filters());
    return new WindowKernel(windows, image, filters, bias, result, scratch, packed, machine);
  }
}
