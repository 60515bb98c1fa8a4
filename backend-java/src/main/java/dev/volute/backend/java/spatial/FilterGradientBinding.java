package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.graph.composite.ConvolutionFilterGradient;
import dev.volute.spi.Kernel;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operands;
import dev.volute.spi.Scratch;
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
  public Optional<String> algorithm(ConvolutionFilterGradient op, OpCall call, Machine machine) {
    return Optional.of(
        tiles(convolution(op, call), machine).isPresent()
            ? WinogradShape.ALGORITHM
            : "products of gradients with patches gathered by block");
  }

  @Override
  public Scratch scratch(ConvolutionFilterGradient op, OpCall call, Machine machine) {
    ConvolutionShape convolution = convolution(op, call);
    Optional<WinogradShape> tiles = tiles(convolution, machine);
    return Scratch.floats(
        tiles.isPresent()
            ? WinogradGradientKernel.scratch(tiles.get())
            : new FilterGradientShape(convolution).scratch());
  }

  @Override
  public Kernel bind(
      ConvolutionFilterGradient op, OpCall call, Operands operands, Machine machine) {
    ConvolutionShape convolution = convolution(op, call);
    Floats image = Floats.of(operands.input(0));
    Floats gradient = Floats.of(operands.input(1));
    Floats result = Floats.of(operands.output(0));
    Floats scratch = Floats.of(operands.scratch().orElse(operands.output(0)));
    Optional<WinogradShape> tiles = tiles(convolution, machine);
    if (tiles.isPresent()) {
      return new WinogradGradientKernel(tiles.get(), image, gradient, result, scratch, machine);
    }
    return new FilterGradientKernel(
        new FilterGradientShape(convolution), image, gradient, result, scratch, machine);
  }
}
