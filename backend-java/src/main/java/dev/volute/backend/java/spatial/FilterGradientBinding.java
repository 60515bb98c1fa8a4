package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.graph.composite.ConvolutionFilterGradient;
import dev.volute.spi.Kernel;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operand;
import dev.volute.spi.Operands;
import dev.volute.spi.Scratch;

/** Runs the gradients of convolutions over two spatial axes to their filters. */
final class FilterGradientBinding implements Planar<ConvolutionFilterGradient> {
  private static FilterGradientShape shape(ConvolutionFilterGradient op, OpCall call) {
    return new FilterGradientShape(
        new ConvolutionShape(op.geometry(), call.input(0).shape(), op.filter()));
  }

  @Override
  public Scratch scratch(ConvolutionFilterGradient op, OpCall call, Machine machine) {
    return Scratch.floats(shape(op, call).scratch());
  }

  @Override
  public Kernel bind(
      ConvolutionFilterGradient op, OpCall call, Operands operands, Machine machine) {
    Operand scratch = operands.scratch().orElse(operands.output(0));
    return new FilterGradientKernel(
        shape(op, call),
        Floats.of(operands.input(0)),
        Floats.of(operands.input(1)),
        Floats.of(operands.output(0)),
        Floats.of(scratch),
        machine);
  }
}
