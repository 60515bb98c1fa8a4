package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.graph.composite.ConvolutionFilterGradient;
import dev.volute.spi.Kernel;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operands;
import dev.volute.spi.Scratch;
import dev.volute.tensor.MemoryFormat;
import java.util.Optional;

/** Runs the gradients of convolutions over two spatial axes to their filters. */
final class FilterGradientBinding implements Planar<ConvolutionFilterGradient> {
  private static ConvolutionShape convolution(ConvolutionFilterGradient op, OpCall call) {
    return new ConvolutionShape(op.geometry(), call.input(0).shape(), op.filter());
  }

  private static Optional<WinogradShape> tiles(ConvolutionShape convolution, Machine machine) {
    return convolution.winograd(machine).filter(WinogradShape::paysForFilterGradient);
  }

  @Override
  public boolean takesChannelsLast(ConvolutionFilterGradient op, OpCall call, int input) {
    return true;
  }

  /** Whether image and gradient both lie channels last, and no groups divide them. */
  private static boolean isChannelsLast(ConvolutionShape convolution, OpCall call) {
    return convolution.groups() == 1
        && call.inputFormat(0) == MemoryFormat.CHANNELS_LAST
        && call.inputFormat(1) == MemoryFormat.CHANNELS_LAST;
  }

  @Override
  public Optional<String> algorithm(ConvolutionFilterGradient op, OpCall call, Machine machine) {
    ConvolutionShape convolution = convolution(op, call);
    return Optional.of(
        tiles(convolution, machine).isPresent()
            ? WinogradShape.ALGORITHM
            : isChannelsLast(convolution, call)
                ? ChannelsLastFilterGradient.ALGORITHM
                : "products of gradients with patches gathered by block");
  }

  @Override
  public Scratch scratch(ConvolutionFilterGradient op, OpCall call, Machine machine) {
    ConvolutionShape convolution = convolution(op, call);
    Optional<WinogradShape> tiles = tiles(convolution, machine);
    if (tiles.isPresent()) {
      return Scratch.floats(WinogradGradientKernel.scratch(tiles.get()));
    }
    if (isChannelsLast(convolution, call)) {
      return Scratch.floats(ChannelsLastFilterGradient.scratch(convolution));
    }
    Scratch wanted = Scratch.floats(new FilterGradientShape(convolution).scratch());
    return RowMajorDetour.scratch(call, wanted);
  }

  @Override
  public Kernel bind(
      ConvolutionFilterGradient op, OpCall call, Operands operands, Machine machine) {
    ConvolutionShape convolution = convolution(op, call);
    Optional<WinogradShape> tiles = tiles(convolution, machine);
    Floats result = Floats.of(operands.output(0));
    if (tiles.isPresent()) {
      return new WinogradGradientKernel(
          tiles.get(),
          Floats.of(operands.input(0), call.inputFormat(0)),
          call.inputFormat(0),
          Floats.of(operands.input(1), call.inputFormat(1)),
          call.inputFormat(1),
          result,
          Floats.of(operands.scratch().orElseThrow()),
          machine);
    }
    if (isChannelsLast(convolution, call)) {
      return new ChannelsLastFilterGradient(
          convolution,
          Floats.of(operands.input(0), call.inputFormat(0)),
          Floats.of(operands.input(1), call.inputFormat(1)),
          result,
          Floats.of(operands.scratch().orElse(operands.output(0))),
          machine);
    }
    return RowMajorDetour.bind(
        call,
        operands,
        machine,
        rowMajor ->
            new FilterGradientKernel(
                new FilterGradientShape(convolution),
                Floats.of(rowMajor.input(0)),
                Floats.of(rowMajor.input(1)),
                Floats.of(rowMajor.output(0)),
                Floats.of(rowMajor.scratch().orElse(rowMajor.output(0))),
                machine));
  }
}
