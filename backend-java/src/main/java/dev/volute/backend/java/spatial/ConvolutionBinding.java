package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Activations;
import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.graph.composite.Convolution;
import dev.volute.spi.Kernel;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operands;
import dev.volute.spi.Scratch;
import java.util.List;
import java.util.Optional;

/** Runs convolutions over two spatial axes. */
final class ConvolutionBinding implements Planar<Convolution> {
  private static WindowShape shape(Convolution op, OpCall call, Machine machine) {
    return new ConvolutionShape(op.geometry(), call.input(0).shape(), call.input(1).shape())
        .forward(Activations.map(op.activation(), machine.simd()), machine);
  }

  @Override
  public Scratch scratch(Convolution op, OpCall call, Machine machine) {
    return Scratch.floats(WindowKernel.scratch(shape(op, call, machine), machine.simd()));
  }

  @Override
  public Kernel bind(Convolution op, OpCall call, Operands operands, Machine machine) {
    WindowShape shape = shape(op, call, machine);
    String form = "forward " + op.geometry();
    Optional<List<Floats>> packed = PackedFilters.of(operands, 1, form, shape.filters());
    Optional<Floats> bias =
        op.bias() ? Optional.of(Floats.of(operands.input(2))) : Optional.empty();
    return new WindowKernel(
        shape,
        Floats.of(operands.input(0)),
        Floats.of(operands.input(1)),
        bias,
        Floats.of(operands.output(0)),
        Floats.of(operands.scratch().orElseThrow()),
        packed,
        machine);
  }
}
