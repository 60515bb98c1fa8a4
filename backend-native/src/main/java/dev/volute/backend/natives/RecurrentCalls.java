package dev.volute.backend.natives;

import dev.volute.graph.composite.Recurrent;
import dev.volute.graph.composite.RecurrentCell;
import dev.volute.graph.composite.RecurrentGradient;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operand;
import dev.volute.spi.Operands;
import dev.volute.tensor.Shape;
import java.util.List;
import java.util.Optional;

/** Call records of the recurrences. */
final class RecurrentCalls {
  private static final int RECURRENT = 26;
  private static final int RECURRENT_GRADIENT = 27;
  private static final int PACK_RECURRENT = 29;

  private RecurrentCalls() {}

  static Optional<CompositeCalls.Recorder> recorder(OpCall call) {
    if (call.op() instanceof Recurrent) {
      return Optional.of(RecurrentCalls::forward);
    }
    return call.op() instanceof RecurrentGradient
        ? Optional.of(RecurrentCalls::gradient)
        : Optional.empty();
  }

  /** Sizes and the forward pass's inputs. */
  private static RecordWriter begin(
      int kind, RecurrentCell cell, OpCall call, Optional<Operands> operands) {
    Shape x = call.input(0).shape();
    RecordWriter writer = new RecordWriter(kind, operands);
    writer.add(
        switch (cell) {
          case TANH -> 0L;
          case RELU -> 1L;
          case LSTM -> 2L;
          case GRU -> 3L;
          case GRU_RESET_AFTER -> 4L;
        });
    writer.dims(x).add(call.input(1).shape().dim(1));
    int next = 2;
    writer.input(0).input(1).input(cell.hasCellState(), 2);
    next += cell.hasCellState() ? 1 : 0;
    writer.input(next).input(next + 1).input(next + 2);
    return writer.input(cell.hasRecurrentBias(), next + 3);
  }

  private static CallRecord forward(OpCall call, Optional<Operands> operands) {
    return finish(forward(RECURRENT, call, operands), 0);
  }

  /** Packed weights of a recurrence with constant weights; empty for other calls. */
  static Optional<PackedWeights> packed(OpCall call, Operands operands) {
    if (!(call.op() instanceof Recurrent op)) {
      return Optional.empty();
    }
    int input = op.cell().hasCellState() ? 3 : 2;
    List<Operand> weights = operands.inputs().subList(input, input + 3);
    if (!weights.stream().allMatch(Operand::constant)) {
      return Optional.empty();
    }
    long elements = finish(forward(PACK_RECURRENT, call, Optional.empty()), 0).scratch();
    // Panels are wider for fewer rows than the tiles of a product have at least: of one step, and
    // of all.
    Shape x = call.input(0).shape();
    long rows = Math.min(4, x.dim(0));
    long all = Math.min(4, x.dim(0) * x.dim(1));
    return Optional.of(
        new PackedWeights(
            input + 1,
            new Form(weights, op.cell(), rows, all, elements),
            elements,
            memory -> with(PACK_RECURRENT, call, operands, memory),
            memory -> with(RECURRENT, call, operands, memory)));
  }

  /** What tells apart the packed forms that one recurrent weight is part of. */
  private record Form(
      List<Operand> weights, RecurrentCell cell, long rows, long all, long elements) {}

  private static CallRecord with(int kind, OpCall call, Operands operands, NativeMemory packed) {
    return finish(forward(kind, call, Optional.of(operands)), packed.address(0));
  }

  /**
   * @param packed where packed weights are, or 0; of steps none have been counted
   */
  private static CallRecord finish(RecordWriter writer, long packed) {
    return writer.add(packed, 0).finish();
  }

  /** All but the packed weights and the steps. */
  private static RecordWriter forward(int kind, OpCall call, Optional<Operands> operands) {
    Recurrent op = (Recurrent) call.op();
    boolean state = op.cell().hasCellState();
    boolean reserve = op.reserve() && op.cell().reserve() > 0;
    RecordWriter writer = begin(kind, op.cell(), call, operands);
    writer.output(0).output(1).output(state, 2).output(reserve, state ? 3 : 2);
    for (int i = 0; i < 10; i++) {
      writer.nothing();
    }
    return writer.scratch();
  }

  private static CallRecord gradient(OpCall call, Optional<Operands> operands) {
    RecurrentCell cell = ((RecurrentGradient) call.op()).cell();
    boolean state = cell.hasCellState();
    boolean reserve = cell.reserve() > 0;
    int next = cell.inputs();
    RecordWriter writer = begin(RECURRENT_GRADIENT, cell, call, operands);
    writer.input(next++).nothing().nothing().input(reserve, next);
    next += reserve ? 1 : 0;
    writer.input(next).input(next + 1).input(state, next + 2);
    writer.output(0).output(1).output(state, 2);
    int weight = state ? 3 : 2;
    writer.output(weight).output(weight + 1).output(weight + 2);
    return finish(writer.output(cell.hasRecurrentBias(), weight + 3).scratch(), 0);
  }
}
