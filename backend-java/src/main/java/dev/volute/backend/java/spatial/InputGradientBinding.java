package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.graph.composite.ConvolutionInputGradient;
import dev.volute.spi.Kernel;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operands;
import dev.volute.spi.Scratch;
import java.util.List;
import java.util.Optional;

/** Runs the gradients of convolutions over two spatial axes to their images. */
final class InputGradientBinding implements Planar<ConvolutionInputGradient> {
  private static ConvolutionShape convolution(ConvolutionInputGradient op, OpCall call) {
    return new ConvolutionShape(op.geometry(), op.image(), call.input(0).shape());
  }

  @Override
  public boolean takesChannelsLast(ConvolutionInputGradient op, OpCall call, int input) {
    return input == 1 && convolution(op, call).isInputGradientTiled();
  }

  @Override
  public boolean givesChannelsLast(ConvolutionInputGradient op, OpCall call, int output) {
    return convolution(op, call).isInputGradientTiled();
  }

  @Override
  public Optional<String> algorithm(ConvolutionInputGradient op, OpCall call, Machine machine) {
    ConvolutionShape convolution = convolution(op, call);
    return Optional.of(
        convolution.winogradInputGradient(machine).isPresent()
            ? WinogradShape.ALGORITHM
            : SlidingKernel.pays(convolution, convolution.groupChannels())
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
    if (SlidingKernel.pays(convolution, convolution.groupChannels())) {
      return Scratch.NONE;
    }
    return Scratch.floats(
        WindowSums.pays(convolution)
            ? WindowSums.panels(convolution, machine).length()
            : WindowKernel.scratch(convolution.inputGradient(machine), machine.simd()));
  }

  @Override
  public Kernel bind(ConvolutionInputGradient op, OpCall call, Operands operands, Machine machine) {
    ConvolutionShape convolution = convolution(op, call);
    Floats filters = Floats.of(operands.input(0));
    Floats gradient = Floats.of(operands.input(1), call.inputFormat(1));
    Floats result = Floats.of(operands.output(0), call.outputFormat(0));
    Floats scratch = Floats.of(operands.scratch().orElse(operands.output(0)));
    Optional<WinogradShape> tiles = convolution.winogradInputGradient(machine);
    if (tiles.isPresent()) {
      Optional<Floats> packed = packed(operands, "turned tiles", tiles.get().filters());
      return new WinogradKernel(
          tiles.get(),
          gradient,
          call.inputFormat(1),
          filters,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          result,
          call.outputFormat(0),
          scratch,
          packed,
          machine);
    }
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
      Optional<Floats> packed = packed(operands, "transposed " + op.geometry(), panels);
      return new WindowSums(convolution, filters, gradient, result, scratch, packed, machine);
    }
    WindowShape windows = convolution.inputGradient(machine);
    String form = "gradient to " + op.image() + ", " + op.geometry();
    Optional<List<Floats>> packed = PackedFilters.of(operands, 0, form, windows.filters());
    return new WindowKernel(
        windows, gradient, filters, Optional.empty(), result, scratch, packed, machine);
  }

  private static Optional<Floats> packed(Operands operands, String form, FilterPacking packing) {
    return PackedFilters.of(operands, 0, form, List.of(packing)).map(each -> each.get(0));
  }
}
