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
  private static WindowShape shape(ConvolutionInputGradient op, OpCall call, Machine machine) {
    return new ConvolutionShape(op.geometry(), op.image(), call.input(0).shape())
        .inputGradient(machine);
  }

  @Override
  public Scratch scratch(ConvolutionInputGradient op, OpCall call, Machine machine) {
    return Scratch.floats(WindowKernel.scratch(shape(op, call, machine), machine.simd()));
  }

  @Override
  public Kernel bind(ConvolutionInputGradient op, OpCall call, Operands operands, Machine machine) {
    WindowShape shape = shape(op, call, machine);
    String form = "gradient to " + op.image() + ", " + op.geometry();
    Optional<List<Floats>> packed = PackedFilters.of(operands, 0, form, shape);
    return new WindowKernel(
        shape,
        Floats.of(operands.input(1)),
        Floats.of(operands.input(0)),
        Optional.empty(),
        Floats.of(operands.output(0)),
        Floats.of(operands.scratch().orElseThrow()),
        packed,
        machine);
  }
}
