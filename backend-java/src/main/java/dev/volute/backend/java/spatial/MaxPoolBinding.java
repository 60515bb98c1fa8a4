package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Ints;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.graph.composite.MaxPool;
import dev.volute.spi.Kernel;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operands;
import dev.volute.spi.Scratch;
import dev.volute.tensor.MemoryFormat;
import java.util.List;
import java.util.Optional;

/** Runs maximum pooling over two spatial axes. */
final class MaxPoolBinding implements Planar<MaxPool> {
  @Override
  public boolean takesChannelsLast(MaxPool op, OpCall call, int input) {
    return ChannelVectors.areFilled(call.input(0).shape().dim(1));
  }

  @Override
  public boolean givesChannelsLast(MaxPool op, OpCall call, int output) {
    return ChannelVectors.areFilled(call.input(0).shape().dim(1));
  }

  /** The call as a kernel takes it: the image is row-major only where all is. */
  private static OpCall taken(OpCall call) {
    return call.outputFormats().contains(MemoryFormat.CHANNELS_LAST)
        ? call.in(List.of(MemoryFormat.CHANNELS_LAST), call.outputFormats())
        : call;
  }

  @Override
  public Scratch scratch(MaxPool op, OpCall call, Machine machine) {
    return FormatDetour.scratch(call, taken(call), Scratch.NONE);
  }

  @Override
  public Kernel bind(MaxPool op, OpCall call, Operands operands, Machine machine) {
    OpCall taken = taken(call);
    return FormatDetour.bind(
        call, taken, operands, machine, each -> kernel(op, taken, each, machine));
  }

  private static Kernel kernel(MaxPool op, OpCall call, Operands operands, Machine machine) {
    PoolShape shape = PoolShape.of(op.geometry(), call.input(0).shape());
    Floats image = Floats.of(operands.input(0), call.inputFormat(0));
    Floats result = Floats.of(operands.output(0), call.outputFormat(0));
    MemoryFormat placesFormat = call.outputFormat(op.indices() ? 1 : 0);
    Optional<Ints> places =
        op.indices() ? Optional.of(Ints.of(operands.output(1), placesFormat)) : Optional.empty();
    if (call.inputFormat(0) == MemoryFormat.ROW_MAJOR && shape.isQuads()) {
      return new QuadPooling(shape, image, result, places, machine);
    }
    return call.inputFormat(0) == MemoryFormat.CHANNELS_LAST
        ? new ChannelsLastMaxPooling(
            PixelWindows.of(shape, call.input(0).shape()),
            image,
            result,
            call.outputFormat(0),
            places,
            placesFormat,
            machine)
        : new MaxPooling(shape, image, result, places, machine);
  }
}
