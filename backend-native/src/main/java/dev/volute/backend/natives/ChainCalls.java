package dev.volute.backend.natives;

import dev.volute.graph.composite.Convolution;
import dev.volute.graph.composite.ConvolutionChain;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operands;
import dev.volute.tensor.MemoryFormat;
import dev.volute.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Call records of chains of convolutions, which are claimed where bands of rows pay. */
final class ChainCalls {
  private static final int CHAIN = 31;
  private static final int MOST_STAGES = 3;

  private ChainCalls() {}

  static Optional<CompositeCalls.Recorder> recorder(OpCall call) {
    return pays(call)
        ? Optional.of((given, operands) -> record(given, operands, List.of()))
        : Optional.empty();
  }

  private static boolean pays(OpCall call) {
    return call.op() instanceof ConvolutionChain chain
        && chain.stages().size() <= MOST_STAGES
        && call.input(0).shape().rank() == 4
        && chain.stages().subList(0, chain.stages().size() - 1).stream()
            .noneMatch(Convolution::residual)
        && record(call, Optional.empty(), List.of()).algorithm().isPresent();
  }

  /** The last stage's residual, behind all other inputs; what is not there if there is none. */
  private static int residualInput(OpCall call) {
    List<Convolution> stages = chain(call).stages();
    int last = stages.size() - 1;
    return chain(call).filterInput(last) + stages.get(last).residualInput() - 1;
  }

  /** The images may: what is read first, and the residual of the last stage. */
  static boolean takesChannelsLast(OpCall call, int input) {
    return pays(call) && (input == 0 || input == residualInput(call));
  }

  static boolean givesChannelsLast(OpCall call) {
    return pays(call);
  }

  /** Packed filters of a chain all of whose filters are constant; empty for other calls. */
  static Optional<PackedWeights> packed(OpCall call, Operands operands) {
    if (!(call.op() instanceof ConvolutionChain chain)) {
      return Optional.empty();
    }
    List<PackedWeights.Form> forms = new ArrayList<>();
    for (int i = 0; i < chain.stages().size(); i++) {
      int stage = i;
      int filter = chain.filterInput(stage);
      if (!operands.input(filter).constant()) {
        return Optional.empty();
      }
      forms.add(
          PackedWeights.filters(
              filter,
              chain.stages().get(stage),
              stage(SpatialCalls.CONVOLUTION, stage, call, Optional.empty(), Optional.empty())
                  .finish(),
              memory ->
                  stage(
                          SpatialCalls.PACK_FILTERS,
                          stage,
                          call,
                          Optional.of(operands),
                          Optional.of(memory))
                      .finish()));
    }
    return Optional.of(
        new PackedWeights(
            forms, 0, (memories, kept) -> record(call, Optional.of(operands), memories)));
  }

  private static ConvolutionChain chain(OpCall call) {
    return (ConvolutionChain) call.op();
  }

  /**
   * The record of a whole chain.
   *
   * @param packed the filters of all stages, or nothing
   */
  private static CallRecord record(
      OpCall call, Optional<Operands> operands, List<NativeMemory> packed) {
    int stages = chain(call).stages().size();
    RecordWriter writer = new RecordWriter(CHAIN, operands).add(stages).scratch();
    for (int i = 0; i < stages; i++) {
      Optional<NativeMemory> filters =
          packed.isEmpty() ? Optional.empty() : Optional.of(packed.get(i));
      writer.add(stage(SpatialCalls.CONVOLUTION, i, call, operands, filters));
    }
    // The struct has room for as many as there may be.
    RecordWriter none =
        stage(SpatialCalls.CONVOLUTION, 0, call, Optional.empty(), Optional.empty());
    for (int i = stages; i < MOST_STAGES; i++) {
      writer.add(none);
    }
    return writer.finish();
  }

  /** One stage; what lies between stages has no memory of its own, and is channels last. */
  private static RecordWriter stage(
      int kind,
      int number,
      OpCall call,
      Optional<Operands> operands,
      Optional<NativeMemory> filters) {
    ConvolutionChain chain = chain(call);
    Convolution op = chain.stages().get(number);
    int filter = chain.filterInput(number);
    int residual = filter + op.residualInput() - 1;
    boolean first = number == 0;
    boolean last = number + 1 == chain.stages().size();
    Shape image = call.input(0).shape();
    for (int i = 0; i < number; i++) {
      Shape before = call.input(chain.filterInput(i)).shape();
      image = chain.stages().get(i).geometry().output(image, before);
    }
    RecordWriter writer =
        SpatialCalls.convolution(
                kind, operands, op.geometry(), image, call.input(filter).shape(), op.activation())
            .input(first, 0)
            .input(filter)
            .input(op.bias(), filter + 1)
            .output(last, 0)
            .memory(filters)
            .add(filters.isPresent());
    boolean residualLast =
        !op.residual() || call.inputFormat(residual) == MemoryFormat.CHANNELS_LAST;
    return SpatialCalls.end(
        writer,
        first ? call.inputFormat(0) : MemoryFormat.CHANNELS_LAST,
        last ? call.outputFormat(0) : MemoryFormat.CHANNELS_LAST,
        new SpatialCalls.Beside(op.residual(), residual, residualLast),
        SpatialCalls.Beside.NONE,
        false);
  }
}
