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
import java.util.List;
import java.util.Optional;

/** Runs convolutions over two spatial axes. */
final class ConvolutionBinding implements Planar<Convolution> {
  private static ConvolutionShape convolution(Convolution op, OpCall call) {
    return new ConvolutionShape(op.geometry(), call.input(0).shape(), call.input(1).shape());
  }

  @Override
  public boolean claims(Convolution op, OpCall call) {
    return !op.residual() && Planar.super.claims(op, call);
  }

  @Override
  public boolean takesChannelsLast(Convolution op, OpCall call, int input) {
    return input == 0 && convolution(op, call).isTiled();
  }

  @Override
  public boolean givesChannelsLast(Convolution op, OpCall call, int output) {
    return convolution(op, call).isTiled();
  }

  @Override
  public Optional<String> algorithm(Convolution op, OpCall call, Machine machine) {
    ConvolutionShape convolution = convolution(op, call);
    return Optional.of(
        SlidingKernel.pays(convolution, convolution.groupFilters())
            ? SlidingKernel.ALGORITHM
            : convolution.winograd(machine).isPresent()
                ? WinogradShape.ALGORITHM
                : WindowKernel.ALGORITHM);
  }

  @Override
  public Scratch scratch(Convolution op, OpCall call, Machine machine) {
    ConvolutionShape convolution = convolution(op, call);
    if (SlidingKernel.pays(convolution, convolution.groupFilters())) {
      return Scratch.NONE;
    }
    Optional<WinogradShape> tiles = convolution.winograd(machine);
    return Scratch.floats(
        tiles.isPresent()
            ? WinogradKernel.scratch(tiles.get())
            : WindowKernel.scratch(convolution.forward(Optional.empty(), machine), machine.simd()));
  }

  @Override
  public Kernel bind(Convolution op, OpCall call, Operands operands, Machine machine) {
    ConvolutionShape convolution = convolution(op, call);
    Floats image = Floats.of(operands.input(0), call.inputFormat(0));
    Floats filters = Floats.of(operands.input(1));
    Optional<Floats> bias =
        op.bias() ? Optional.of(Floats.of(operands.input(2))) : Optional.empty();
    Floats result = Floats.of(operands.output(0), call.outputFormat(0));
    Optional<FloatMap> activation = Activations.map(op.activation(), machine.simd());
    if (SlidingKernel.pays(convolution, convolution.groupFilters())) {
      WindowShape windows = convolution.forward(activation, machine);
      return new SlidingKernel(windows, image, filters, bias, activation, result, machine);
    }
    Floats scratch = Floats.of(operands.scratch().orElseThrow());
    Optional<WinogradShape> tiles = convolution.winograd(machine);
    if (tiles.isPresent()) {
      Optional<Floats> packed =
          PackedFilters.of(operands, 1, "tiles", List.of(tiles.get().filters()))
              .map(each -> each.get(0));
      return new WinogradKernel(
          tiles.get(),
          image,
          call.inputFormat(0),
          filters,
          bias,
          activation,
          result,
          call.outputFormat(0),
          scratch,
          packed,
          machine);
    }
    WindowShape windows = convolution.forward(activation, machine);
    Optional<List<Floats>> packed =
        PackedFilters.of(operands, 1, "windows " + op.geometry(), windows.filters());
    return new WindowKernel(windows, image, filters, bias, result, scratch, packed, machine);
  }
}
