package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.graph.composite.ConvolutionFilterGradient;
import dev.volute.spi.Kernel;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operands;
import dev.volute.spi.Scratch;
import dev.volute.tensor.MemoryFormat;
import java.util.List;
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
    return ChannelVectors.areFilled(call.input(input).shape().dim(1), convolution(op, call));
  }

  /**
   * The call as a kernel takes it: gradients that lie channels last with images of any format, else
   * all row-major. The smaller operand is changed for the larger; groups are for row-major ones.
   */
  private static OpCall taken(ConvolutionShape convolution, OpCall call) {
    boolean last = call.inputFormat(1) == MemoryFormat.CHANNELS_LAST;
    boolean larger = call.input(0).shape().elements() > call.input(1).shape().elements();
    if (convolution.groups() == 1 && (last || larger)) {
      return call.inputFormats().contains(MemoryFormat.CHANNELS_LAST)
          ? call.in(List.of(call.inputFormat(0), MemoryFormat.CHANNELS_LAST), call.outputFormats())
          : call;
    }
    return new OpCall(call.op(), call.inputs(), call.outputs());
  }

  private static boolean isChannelsLast(OpCall taken) {
    return taken.inputFormat(1) == MemoryFormat.CHANNELS_LAST;
  }

  @Override
  public Optional<String> algorithm(ConvolutionFilterGradient op, OpCall call, Machine machine) {
    ConvolutionShape convolution = convolution(op, call);
    return Optional.of(
        tiles(convolution, machine).isPresent()
            ? WinogradShape.ALGORITHM
            : isChannelsLast(taken(convolution, call))
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
    OpCall taken = taken(convolution, call);
    FilterGradientShape shape = new FilterGradientShape(convolution);
    long wanted =
        isChannelsLast(taken) ? ChannelsLastFilterGradient.scratch(shape) : shape.scratch();
    return FormatDetour.scratch(call, taken, Scratch.floats(wanted));
  }

  @Override
  public Kernel bind(
      ConvolutionFilterGradient op, OpCall call, Operands operands, Machine machine) {
    ConvolutionShape convolution = convolution(op, call);
    Optional<WinogradShape> tiles = tiles(convolution, machine);
    if (tiles.isPresent()) {
      return new WinogradGradientKernel(
          tiles.get(),
          Floats.of(operands.input(0), call.inputFormat(0)),
          call.inputFormat(0),
          Floats.of(operands.input(1), call.inputFormat(1)),
          call.inputFormat(1),
          Floats.of(operands.output(0)),
          Floats.of(operands.scratch().orElseThrow()),
          machine);
    }
    OpCall taken = taken(convolution, call);
    return FormatDetour.bind(
        call, taken, operands, machine, each -> products(convolution, taken, each, machine));
  }

  private static Kernel products(
      ConvolutionShape convolution, OpCall taken, Operands operands, Machine machine) {
    Floats image = Floats.of(operands.input(0), taken.inputFormat(0));
    Floats gradient = Floats.of(operands.input(1), taken.inputFormat(1));
    Floats result = Floats.of(operands.output(0));
    Floats scratch = Floats.of(operands.scratch().orElse(operands.output(0)));
    FilterGradientShape shape = new FilterGradientShape(convolution);
    return isChannelsLast(taken)
        ? new ChannelsLastFilterGradient(
            shape, image, taken.inputFormat(0), gradient, result, scratch, machine)
        : new FilterGradientKernel(shape, image, gradient, result, scratch, machine);
  }
}
