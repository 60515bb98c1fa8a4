package dev.volute.backend.java.batchnorm;

import dev.volute.backend.java.kernel.Binding;
import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.graph.Op;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operands;
import dev.volute.spi.Scratch;
import dev.volute.tensor.MemoryFormat;
import java.util.List;

/** What the bindings of batch normalisation share: which operands are images, in which formats. */
interface NormBinding<T extends Op> extends Binding<T> {
  /** Inputs of x's shape; the only output of that shape is the first. */
  List<Integer> images(T op);

  /** Elements of scratch memory that the rows of channels need. */
  long rowScratch(PixelRows rows);

  @Override
  default boolean takesChannelsLast(T op, OpCall call, int input) {
    return call.input(0).shape().rank() > 2 && images(op).contains(input);
  }

  @Override
  default boolean givesChannelsLast(T op, OpCall call, int output) {
    return call.input(0).shape().rank() > 2 && output == 0;
  }

  @Override
  default Scratch scratch(T op, OpCall call, Machine machine) {
    return allChannelsLast(op, call)
        ? Scratch.floats(rowScratch(PixelRows.of(call, machine)))
        : Scratch.NONE;
  }

  default boolean allChannelsLast(T op, OpCall call) {
    return call.outputFormat(0) == MemoryFormat.CHANNELS_LAST
        && images(op).stream()
            .allMatch(each -> call.inputFormat(each) == MemoryFormat.CHANNELS_LAST);
  }

  static Image image(OpCall call, Operands operands, int input) {
    return Image.of(operands.input(input), call.inputFormat(input));
  }

  static Image result(OpCall call, Operands operands) {
    return Image.of(operands.output(0), call.outputFormat(0));
  }

  static double at(Floats values, int channel) {
    return values.array()[values.offset() + channel];
  }
}
