package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Ints;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.graph.composite.MaxPoolGradient;
import dev.volute.spi.Kernel;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operands;
import dev.volute.spi.Scratch;
import dev.volute.tensor.MemoryFormat;
import java.util.List;

/** Runs the gradient of maximum pooling over two spatial axes. */
final class MaxPoolGradientBinding implements Planar<MaxPoolGradient> {
  @Override
  public boolean takesChannelsLast(MaxPoolGradient op, OpCall call, int input) {
    return ChannelVectors.areFilled(op.image().dim(1));
  }

  @Override
  public boolean givesChannelsLast(MaxPoolGradient op, OpCall call, int output) {
    return ChannelVectors.areFilled(op.image().dim(1));
  }

  /** The call as a kernel takes it: gradient and result in one format; places are not copied. */
  private static OpCall taken(OpCall call) {
    boolean last =
        call.inputFormats().contains(MemoryFormat.CHANNELS_LAST)
            || call.outputFormat(0) == MemoryFormat.CHANNELS_LAST;
    MemoryFormat format = last ? MemoryFormat.CHANNELS_LAST : MemoryFormat.ROW_MAJOR;
    return call.in(List.of(call.inputFormat(0), format), List.of(format));
  }

  @Override
  public Scratch scratch(MaxPoolGradient op, OpCall call, Machine machine) {
    return FormatDetour.scratch(call, taken(call), Scratch.NONE);
  }

  @Override
  public Kernel bind(MaxPoolGradient op, OpCall call, Operands operands, Machine machine) {
    OpCall taken = taken(call);
    return FormatDetour.bind(
        call, taken, operands, machine, each -> kernel(op, taken, each, machine));
  }

  private static Kernel kernel(
      MaxPoolGradient op, OpCall call, Operands operands, Machine machine) {
    PoolShape shape = PoolShape.of(op.geometry(), op.image());
    Ints places = Ints.of(operands.input(0), call.inputFormat(0));
    Floats gradient = Floats.of(operands.input(1), call.inputFormat(1));
    Floats result = Floats.of(operands.output(0), call.outputFormat(0));
    boolean rowMajor =
        !call.inputFormats().contains(MemoryFormat.CHANNELS_LAST)
            && call.outputFormat(0) == MemoryFormat.ROW_MAJOR;
    if (rowMajor && shape.isQuads()) {
      return new QuadPoolingGradient(shape, places, gradient, result, machine);
    }
    return call.outputFormat(0) == MemoryFormat.CHANNELS_LAST
        ? new ChannelsLastMaxPoolingGradient(
            PixelWindows.of(shape, op.image()),
            places,
            call.inputFormat(0),
            gradient,
            result,
            machine)
        : new MaxPoolingGradient(shape, places, gradient, result, machine.workers());
  }
}
