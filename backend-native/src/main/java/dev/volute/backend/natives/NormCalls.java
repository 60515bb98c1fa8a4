package dev.volute.backend.natives;

import dev.volute.graph.Op;
import dev.volute.graph.composite.Activation;
import dev.volute.graph.composite.BatchNormGradient;
import dev.volute.graph.composite.BatchNormInference;
import dev.volute.graph.composite.BatchNormTraining;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operands;
import dev.volute.tensor.MemoryFormat;
import dev.volute.tensor.Shape;
import java.util.Map;
import java.util.Optional;

/** Call records of batch normalisation. */
final class NormCalls {
  private static final int LANES = 16;

  /** More channels would not fit into a thread's workspace. */
  private static final int MOST_CHANNELS = 1 << 15;

  private static final int TRAINING = 16;
  private static final int GRADIENT = 17;
  private static final int INFERENCE = 18;

  private static final Map<Class<? extends Op>, CompositeCalls.Recorder> RECORDERS =
      Map.of(
          BatchNormTraining.class, NormCalls::training,
          BatchNormGradient.class, NormCalls::gradient,
          BatchNormInference.class, NormCalls::inference);

  private NormCalls() {}

  static Optional<CompositeCalls.Recorder> recorder(OpCall call) {
    return Optional.ofNullable(RECORDERS.get(call.op().getClass()));
  }

  /** Whether an input may lie channels last: those of x's shape, if channels fill vectors. */
  static boolean takesChannelsLast(OpCall call, int input) {
    return givesChannelsLast(call, 0) && call.input(input).shape().equals(call.input(0).shape());
  }

  static boolean givesChannelsLast(OpCall call, int output) {
    return recorder(call).isPresent()
        && output == 0
        && call.input(0).shape().rank() > 2
        && channelsFillVectors(call);
  }

  private static boolean channelsFillVectors(OpCall call) {
    int channels = call.input(0).shape().dim(1);
    return channels % LANES == 0 && channels <= MOST_CHANNELS;
  }

  private static RecordWriter channels(
      int kind, OpCall call, Optional<Operands> operands, Activation activation, double epsilon) {
    Shape x = call.input(0).shape();
    long spatial = x.slice(2, x.rank()).elements();
    return new RecordWriter(kind, operands)
        .add(x.dim(0), x.dim(1), spatial, CompositeCalls.code(activation))
        .number(epsilon);
  }

  private static CallRecord training(OpCall call, Optional<Operands> operands) {
    BatchNormTraining op = (BatchNormTraining) call.op();
    int residual = BatchNormTraining.RESIDUAL_INPUT;
    RecordWriter writer = channels(TRAINING, call, operands, op.activation(), op.epsilon());
    writer.input(0).input(1).input(2).output(1).output(2).output(0);
    writer.nothing().nothing().nothing().input(op.residual(), residual).nothing().scratch();
    MemoryFormat y = call.outputFormat(0);
    MemoryFormat added = op.residual() ? call.inputFormat(residual) : y;
    return formats(writer, call, call.inputFormat(0), y, y, added, y);
  }

  private static CallRecord inference(OpCall call, Optional<Operands> operands) {
    BatchNormInference op = (BatchNormInference) call.op();
    RecordWriter writer = channels(INFERENCE, call, operands, op.activation(), op.epsilon());
    writer.input(0).input(1).input(2).input(3).input(4).output(0);
    writer.nothing().nothing().nothing().nothing().nothing().scratch();
    MemoryFormat y = call.outputFormat(0);
    return formats(writer, call, call.inputFormat(0), y, y, y, y);
  }

  private static CallRecord gradient(OpCall call, Optional<Operands> operands) {
    BatchNormGradient op = (BatchNormGradient) call.op();
    boolean activated = op.activation() != Activation.IDENTITY;
    RecordWriter writer = channels(GRADIENT, call, operands, op.activation(), op.epsilon());
    writer.input(0).input(1).nothing().input(2).input(3).output(0);
    writer.input(BatchNormGradient.GRADIENT_INPUT).output(1).output(2).nothing();
    writer.input(activated, BatchNormGradient.RESULT_INPUT).scratch();
    MemoryFormat dx = call.outputFormat(0);
    MemoryFormat g = call.inputFormat(BatchNormGradient.GRADIENT_INPUT);
    MemoryFormat result = activated ? call.inputFormat(BatchNormGradient.RESULT_INPUT) : dx;
    return formats(writer, call, call.inputFormat(0), dx, g, dx, result);
  }

  /** Ends a record with the formats of x, y, g, residual and result. */
  private static CallRecord formats(RecordWriter writer, OpCall call, MemoryFormat... formats) {
    // Without axes behind the channels both formats are the same.
    boolean either = call.input(0).shape().rank() == 2 && channelsFillVectors(call);
    for (MemoryFormat format : formats) {
      writer.add(either || format == MemoryFormat.CHANNELS_LAST);
    }
    return writer.finish();
  }
}
