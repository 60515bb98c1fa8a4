package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.graph.composite.Activation;
import dev.volute.graph.composite.ConvolutionInputGradient;
import dev.volute.spi.Kernel;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operands;
import dev.volute.spi.Scratch;
import dev.volute.tensor.MemoryFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Runs the gradients of convolutions over two spatial axes to their images. */
final class InputGradientBinding implements Planar<ConvolutionInputGradient> {
  private static ConvolutionShape convolution(ConvolutionInputGradient op, OpCall call) {
    return new ConvolutionShape(op.geometry(), op.image(), call.input(0).shape());
  }

  @Override
  public boolean claims(ConvolutionInputGradient op, OpCall call) {
    return !op.residual()
        && op.activation() == Activation.IDENTITY
        && Planar.super.claims(op, call);
  }

  @Override
  public boolean takesChannelsLast(ConvolutionInputGradient op, OpCall call, int input) {
    ConvolutionShape convolution = convolution(op, call);
    return input == 1 && ChannelVectors.areFilled(convolution.filter().dim(0), convolution);
  }

  @Override
  public boolean givesChannelsLast(ConvolutionInputGradient op, OpCall call, int output) {
    ConvolutionShape convolution = convolution(op, call);
    return ChannelVectors.areFilled(op.image().dim(1), convolution);
  }

  /** Whether, if not tiled, it is computed channels last. */
  private static boolean isChannelsLast(
      ConvolutionShape convolution, OpCall call, Machine machine) {
    return PixelShape.hasInputGradient(convolution, machine.simd().pixelProducts())
        && !WindowSums.pays(convolution)
        && (call.inputFormat(1) == MemoryFormat.CHANNELS_LAST
            || call.outputFormat(0) == MemoryFormat.CHANNELS_LAST);
  }

  /** The call as a kernel takes it, if not tiled. */
  private static OpCall taken(ConvolutionShape convolution, OpCall call, Machine machine) {
    return isChannelsLast(convolution, call, machine)
        ? call.in(call.inputFormats(), List.of(MemoryFormat.CHANNELS_LAST))
        : new OpCall(call.op(), call.inputs(), call.outputs());
  }

  private static List<PixelShape> parts(
      ConvolutionShape convolution, OpCall call, Machine machine) {
    return PixelShape.ofInputGradient(
        convolution, call.inputFormat(1), machine.simd().pixelProducts());
  }

  @Override
  public Optional<String> algorithm(ConvolutionInputGradient op, OpCall call, Machine machine) {
    ConvolutionShape convolution = convolution(op, call);
    if (convolution.isInputGradientTiled(machine)) {
      return Optional.of(WinogradShape.ALGORITHM);
    }
    if (isChannelsLast(convolution, call, machine)) {
      return Optional.of(PixelKernel.ALGORITHM);
    }
    return Optional.of(
        SlidingKernel.pays(convolution, convolution.groupChannels())
            ? SlidingKernel.ALGORITHM
            : WindowSums.pays(convolution) ? WindowSums.ALGORITHM : WindowKernel.ALGORITHM);
  }

  @Override
  public Scratch scratch(ConvolutionInputGradient op, OpCall call, Machine machine) {
    ConvolutionShape convolution = convolution(op, call);
    Optional<WinogradShape> tiles = convolution.winogradInputGradient(machine);
    if (tiles.isPresent()) {
      return Scratch.floats(WinogradKernel.scratch(tiles.get()));
    }
    long wanted =
        isChannelsLast(convolution, call, machine)
            ? parts(convolution, call, machine).stream()
                .mapToLong(part -> PixelKernel.scratch(part, machine))
                .max()
                .orElse(0)
            : rowMajorScratch(convolution, machine);
    return FormatDetour.scratch(call, taken(convolution, call, machine), Scratch.floats(wanted));
  }

  private static long rowMajorScratch(ConvolutionShape convolution, Machine machine) {
    if (SlidingKernel.pays(convolution, convolution.groupChannels())) {
      return 0;
    }
    return WindowSums.pays(convolution)
        ? WindowSums.panels(convolution, machine).length()
        : WindowKernel.scratch(convolution.inputGradient(machine), machine.simd());
  }

  @Override
  public Kernel bind(ConvolutionInputGradient op, OpCall call, Operands operands, Machine machine) {
    ConvolutionShape convolution = convolution(op, call);
    if (convolution.isInputGradientTiled(machine)) {
      return tiled(convolution, call, operands, machine);
    }
    OpCall taken = taken(convolution, call, machine);
    return FormatDetour.bind(
        call,
        taken,
        operands,
        machine,
        each ->
            isChannelsLast(convolution, taken, machine)
                ? channelsLast(convolution, taken, each, machine)
                : rowMajor(op, convolution, each, machine));
  }

  private static Kernel tiled(
      ConvolutionShape convolution, OpCall call, Operands operands, Machine machine) {
    WinogradShape tiles = convolution.winogradInputGradient(machine).orElseThrow();
    return new WinogradKernel(
        tiles,
        Floats.of(operands.input(1), call.inputFormat(1)),
        call.inputFormat(1),
        Floats.of(operands.input(0)),
        Optional.empty(),
        Optional.empty(),
        Activation.IDENTITY,
        Floats.of(operands.output(0), call.outputFormat(0)),
        call.outputFormat(0),
        Floats.of(operands.scratch().orElseThrow()),
        PackedFilters.one(operands, 0, "turned tiles", tiles.filters(), machine),
        machine);
  }

  private static Kernel channelsLast(
      ConvolutionShape convolution, OpCall call, Operands operands, Machine machine) {
    List<PixelShape> parts = parts(convolution, call, machine);
    String form = "gradient's pixels for " + convolution.image() + ", " + convolution.geometry();
    Optional<List<Floats>> packed =
        PackedFilters.of(
            operands,
            0,
            form,
            parts.stream().<FilterPacking>map(PixelShape::filters).toList(),
            machine);
    List<Kernel> kernels = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      int number = i;
      kernels.add(
          new PixelKernel(
              parts.get(i),
              Floats.of(operands.input(1), call.inputFormat(1)),
              Floats.of(operands.input(0)),
              Optional.empty(),
              Optional.empty(),
              Activation.IDENTITY,
              Floats.of(operands.output(0), MemoryFormat.CHANNELS_LAST),
              Floats.of(operands.scratch().orElse(operands.output(0))),
              packed.map(each -> each.get(number)),
              machine));
    }
    return () -> kernels.forEach(Kernel::run);
  }

  private static Kernel rowMajor(
      ConvolutionInputGradient op,
      ConvolutionShape convolution,
      Operands operands,
      Machine machine) {
    Floats filters = Floats.of(operands.input(0));
    Floats gradient = Floats.of(operands.input(1));
    Floats result = Floats.of(operands.output(0));
    Floats scratch = Floats.of(operands.scratch().orElse(operands.output(0)));
    if (SlidingKernel.pays(convolution, convolution.groupChannels())) {
      return new SlidingKernel(
          convolution.inputGradient(machine),
          gradient,
          filters,
          Optional.empty(),
          Optional.empty(),
          result,
          machine);
    }
    if (WindowSums.pays(convolution)) {
      FilterPanels panels = WindowSums.panels(convolution, machine);
      Optional<Floats> packed =
          PackedFilters.one(operands, 0, List.of("transposed", op.geometry()), panels, machine);
      return new WindowSums(convolution, filters, gradient, result, scratch, packed, machine);
    }
    WindowShape windows = convolution.inputGradient(machine);
    Optional<List<Floats>> packed = PackedFilters.of(operands, 0, op, windows.filters(), machine);
    return new WindowKernel(
        windows, gradient, filters, Optional.empty(), result, scratch, packed, machine);
  }
}
