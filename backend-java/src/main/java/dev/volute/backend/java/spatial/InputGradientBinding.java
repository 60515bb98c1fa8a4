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
  public Scratch scratch(ConvolutionInputGradient op, OpCall call, Machine machine) {
    ConvolutionShape convolution = convolution(op, call);
    return Scratch.floats(
        WindowSums.pays(convolution)
            ? WindowSums.panels(convolution, machine).length()
            : WindowKernel.scratch(convolution.inputGradient(machine), machine.simd()));
  }

  @Override
  public Kernel bind(ConvolutionInputGradient op, OpCall call, Operands operands, Machine machine) {
    ConvolutionShape convolution = convolution(op, call);
    Floats filters = Floats.of(operands.input(0));
    Floats gradient = Floats.of(operands.input(1));
    Floats result = Floats.of(operands.output(0));
    Floats scratch = Floats.of(operands.scratch().orElse(operands.output(0)));
    if (WindowSums.pays(convolution)) {
      FilterPanels panels = WindowSums.panels(convolution, machine);
      Optional<Floats> packed =
          PackedFilters.of(operands, 0, "transposed " + op.geometry(), List.of(panels))
              .map(each -> each.get(0));
      return new WindowSums(convolution, filters, gradient, result, scratch, packed, machine);
    }
    WindowShape shape = convolution.inputGradient(machine);
    Optional<List<Floats>> packed =
        PackedFilters.of(
            operands, 0, "gradient to " + op.image() + ", " + op.geometry(), shape.filters());
    return new WindowKernel(
        shape, gradient, filters, Optional.empty(), result, scratch, packed, machine);
  }
}
