package dev.volute.backend.natives;

import dev.volute.graph.Op;
import dev.volute.graph.composite.Activation;
import dev.volute.graph.composite.AdamUpdate;
import dev.volute.graph.composite.Dropout;
import dev.volute.graph.composite.Linear;
import dev.volute.graph.composite.SgdUpdate;
import dev.volute.graph.composite.Softmax;
import dev.volute.graph.composite.SoftmaxCrossEntropy;
import dev.volute.graph.composite.SoftmaxCrossEntropyGradient;
import dev.volute.graph.composite.SoftmaxGradient;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operands;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Call records of the composites, all of F32 and dense. */
final class CompositeCalls {
  /** A composite that the backend runs. */
  @FunctionalInterface
  interface Composite {
    /** Its record; without operands only the sizes are filled in. */
    CallRecord record(Optional<Operands> operands);
  }

  /** Makes the record of a call. */
  interface Recorder {
    CallRecord record(OpCall call, Optional<Operands> operands);
  }

  private static final int LINEAR = 8;
  private static final int DROPOUT = 19;
  private static final int SOFTMAX = 20;
  private static final int SOFTMAX_GRADIENT = 21;
  private static final int CROSS_ENTROPY = 22;
  private static final int CROSS_ENTROPY_GRADIENT = 23;
  private static final int SGD = 24;
  private static final int ADAM = 25;
  private static final int PACK_LINEAR = 30;

  private static final Map<Class<? extends Op>, Recorder> RECORDERS =
      Map.ofEntries(
          Map.entry(Linear.class, CompositeCalls::linear),
          Map.entry(Dropout.class, CompositeCalls::dropout),
          Map.entry(Softmax.class, CompositeCalls::softmax),
          Map.entry(SoftmaxGradient.class, CompositeCalls::softmaxGradient),
          Map.entry(SoftmaxCrossEntropy.class, CompositeCalls::crossEntropy),
          Map.entry(SoftmaxCrossEntropyGradient.class, CompositeCalls::crossEntropyGradient),
          Map.entry(SgdUpdate.class, CompositeCalls::sgd),
          Map.entry(AdamUpdate.class, CompositeCalls::adam));

  private final SpatialCalls spatial;

  CompositeCalls(SpatialCalls spatial) {
    this.spatial = spatial;
  }

  /** The call as a composite, if it is one that is claimed. */
  Optional<Composite> of(OpCall call) {
    if (call.outputs().isEmpty() || call.output(0).dtype() != DType.F32) {
      return Optional.empty();
    }
    return Stream.of(
            Optional.ofNullable(RECORDERS.get(call.op().getClass())),
            NormCalls.recorder(call),
            spatial.recorder(call),
            ChainCalls.recorder(call),
            RecurrentCalls.recorder(call))
        .flatMap(Optional::stream)
        .findFirst()
        .map(recorder -> operands -> recorder.record(call, operands));
  }

  static long code(Activation activation) {
    return switch (activation) {
      case IDENTITY -> 0;
      case RELU -> 1;
      case TANH -> 2;
      case SIGMOID -> 3;
      case RELU6 -> 4;
    };
  }

  private static CallRecord linear(OpCall call, Optional<Operands> operands) {
    return linear(LINEAR, call, operands).nothing().finish();
  }

  /** All but the packed weight. */
  private static RecordWriter linear(int kind, OpCall call, Optional<Operands> operands) {
    Linear op = (Linear) call.op();
    Shape weight = call.input(1).shape();
    return new RecordWriter(kind, operands)
        .add(call.input(0).shape().dim(0), weight.dim(0), weight.dim(1), code(op.activation()))
        .output(0)
        .input(0)
        .input(1)
        .input(op.bias(), 2);
  }

  /** The packed weight of a layer whose weight is constant; empty for other calls. */
  static Optional<PackedWeights> packedLinear(OpCall call, Operands operands) {
    if (!(call.op() instanceof Linear) || !operands.input(1).constant()) {
      return Optional.empty();
    }
    // Panels are wider for fewer rows than the tiles of a product have at least.
    long rows = Math.min(4, call.input(0).shape().dim(0));
    return Optional.of(
        PackedWeights.of(
            new PackedWeights.Form(
                1,
                "columns for " + rows + " rows",
                linear(PACK_LINEAR, call, Optional.empty()).nothing().finish().scratch(),
                memory ->
                    linear(PACK_LINEAR, call, Optional.of(operands))
                        .add(memory.address(0))
                        .finish()),
            memory -> linear(LINEAR, call, Optional.of(operands)).add(memory.address(0)).finish()));
  }

  private static CallRecord dropout(OpCall call, Optional<Operands> operands) {
    Dropout op = (Dropout) call.op();
    RecordWriter writer = new RecordWriter(DROPOUT, operands);
    writer.output(0).input(0).input(1).add(1, op.stream()).number(op.rate());
    return writer.add(1, 1, call.input(0).shape().elements(), 1).finish();
  }

  private static RecordWriter rows(int kind, OpCall call, Optional<Operands> operands) {
    Shape x = call.input(0).shape();
    long classes = x.dim(-1);
    return new RecordWriter(kind, operands).add(x.elements() / classes, classes);
  }

  private static CallRecord softmax(OpCall call, Optional<Operands> operands) {
    return rows(SOFTMAX, call, operands).input(0).nothing().nothing().output(0).nothing().finish();
  }

  private static CallRecord softmaxGradient(OpCall call, Optional<Operands> operands) {
    return rows(SOFTMAX_GRADIENT, call, operands)
        .input(0)
        .input(1)
        .nothing()
        .output(0)
        .nothing()
        .finish();
  }

  private static CallRecord crossEntropy(OpCall call, Optional<Operands> operands) {
    return rows(CROSS_ENTROPY, call, operands)
        .input(0)
        .nothing()
        .input(1)
        .output(1)
        .output(0)
        .finish();
  }

  private static CallRecord crossEntropyGradient(OpCall call, Optional<Operands> operands) {
    return rows(CROSS_ENTROPY_GRADIENT, call, operands)
        .input(0)
        .input(2)
        .input(1)
        .output(0)
        .nothing()
        .finish();
  }

  private static CallRecord sgd(OpCall call, Optional<Operands> operands) {
    SgdUpdate op = (SgdUpdate) call.op();
    boolean momentum = op.momentum() != 0;
    RecordWriter writer = new RecordWriter(SGD, operands);
    writer.add(call.input(0).shape().elements()).input(0).input(1).input(momentum, 2).nothing();
    writer.input(momentum ? 3 : 2).nothing().output(0).output(momentum, 1).nothing();
    writer.number(op.momentum()).number(0).number(0).number(op.weightDecay());
    return writer.add(op.nesterov()).finish();
  }

  private static CallRecord adam(OpCall call, Optional<Operands> operands) {
    AdamUpdate op = (AdamUpdate) call.op();
    RecordWriter writer = new RecordWriter(ADAM, operands);
    writer.add(call.input(0).shape().elements());
    for (int i = 0; i < 6; i++) {
      writer.input(i);
    }
    writer.output(0).output(1).output(2);
    writer.number(op.beta1()).number(op.beta2()).number(op.epsilon()).number(op.weightDecay());
    return writer.add(op.decoupled()).finish();
  }
}
