package dev.volute.backend.natives;

import dev.volute.graph.composite.RecurrentCell;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operand;
import dev.volute.spi.Operands;
import java.util.List;
import java.util.Optional;

/** Call records of the recurrences. */
final class RecurrentCalls {
  private static final int RECURRENT = 26;
  private static final int RECURRENT_GRADIENT = 27;
  private static final int PACK_RECURRENT = 29;

  private RecurrentCalls() {}

  static Optional<CompositeCalls.Recorder> recorder(OpCall call) {
    return RecurrentSequence.of(call)
        .map(
            sequence ->
                (given, operands) ->
                    sequence.gradient()
                        ? gradient(sequence, given, operands)
                        : finish(forward(RECURRENT, sequence, given, operands), sequence));
  }

  /** Sizes and the forward pass's inputs. */
  private static RecordWriter begin(
      int kind, RecurrentSequence sequence, OpCall call, Optional<Operands> operands) {
    RecurrentCell cell = sequence.cell();
    RecordWriter writer = new RecordWriter(kind, operands);
    writer.add(
        switch (cell) {
          case TANH -> 0L;
          case RELU -> 1L;
          case LSTM -> 2L;
          case GRU -> 3L;
          case GRU_RESET_AFTER -> 4L;
        });
    writer.add(sequence.batch(), sequence.time(), sequence.features());
    int state = sequence.state();
    writer.add(call.input(state).shape().dim(1));
    writer.input(0).input(state).input(cell.hasCellState(), state + 1);
    int weight = sequence.weight();
    writer.input(weight).input(weight + 1).input(weight + 2);
    return writer.input(cell.hasRecurrentBias(), weight + 3);
  }

  /** Packed weights of a recurrence with constant weights; empty for other calls. */
  static Optional<PackedWeights> packed(OpCall call, Operands operands) {
    return RecurrentSequence.of(call)
        .filter(sequence -> !sequence.gradient())
        .flatMap(sequence -> packed(sequence, call, operands));
  }

  private static Optional<PackedWeights> packed(
      RecurrentSequence sequence, OpCall call, Operands operands) {
    int input = sequence.weight();
    List<Operand> weights = operands.inputs().subList(input, input + 3);
    if (!weights.stream().allMatch(Operand::constant)) {
      return Optional.empty();
    }
    RecordWriter sizes = forward(PACK_RECURRENT, sequence, call, Optional.empty());
    long elements = finish(sizes, sequence).scratch();
    // Panels are wider for fewer rows than the tiles of a product have at least: of one step, and
    // of all. Single steps, whose panels have their rows in another order, alone have the same
    // number of both, less than 4.
    long rows = Math.min(4, sequence.batch());
    long all = Math.min(4, sequence.inputRows());
    return Optional.of(
        new PackedWeights(
            List.of(
                new PackedWeights.Form(
                    input + 1,
                    new Form(weights, sequence.cell(), rows, all, elements),
                    elements,
                    memory ->
                        with(PACK_RECURRENT, sequence, call, operands, memory, Optional.empty()))),
            sequence.kept(call),
            (memories, kept) -> with(RECURRENT, sequence, call, operands, memories.get(0), kept)));
  }

  /** What tells apart the packed forms that one recurrent weight is part of. */
  private record Form(
      List<Operand> weights, RecurrentCell cell, long rows, long all, long elements) {}

  private static CallRecord with(
      int kind,
      RecurrentSequence sequence,
      OpCall call,
      Operands operands,
      NativeMemory packed,
      Optional<NativeMemory> kept) {
    RecordWriter writer = forward(kind, sequence, call, Optional.of(operands));
    return finish(writer, sequence, Optional.of(packed), kept);
  }

  /** Without packed weights and memory to keep. */
  private static CallRecord finish(RecordWriter writer, RecurrentSequence sequence) {
    return finish(writer, sequence, Optional.empty(), Optional.empty());
  }

  /** The rest of a record; of steps none have been counted, and nothing is kept yet. */
  private static CallRecord finish(
      RecordWriter writer,
      RecurrentSequence sequence,
      Optional<NativeMemory> packed,
      Optional<NativeMemory> kept) {
    writer.memory(packed).add(0, sequence.rows()).input(sequence.embedded(), 1);
    return writer.memory(kept).add(0).finish();
  }

  /** All but what {@link #finish} adds. */
  private static RecordWriter forward(
      int kind, RecurrentSequence sequence, OpCall call, Optional<Operands> operands) {
    boolean state = sequence.cell().hasCellState();
    boolean reserve = sequence.reserve() && sequence.cell().reserve() > 0;
    RecordWriter writer = begin(kind, sequence, call, operands);
    writer.output(0).output(1).output(state, 2).output(reserve, state ? 3 : 2);
    for (int i = 0; i < 10; i++) {
      writer.nothing();
    }
    return writer.scratch();
  }

  private static CallRecord gradient(
      RecurrentSequence sequence, OpCall call, Optional<Operands> operands) {
    RecurrentCell cell = sequence.cell();
    boolean state = cell.hasCellState();
    boolean reserve = cell.reserve() > 0;
    int next = sequence.kept();
    RecordWriter writer = begin(RECURRENT_GRADIENT, sequence, call, operands);
    writer.input(next++).nothing().nothing().input(reserve, next);
    next += reserve ? 1 : 0;
    writer.input(next).input(next + 1).input(state, next + 2);
    writer.output(0).output(1).output(state, 2);
    int weight = state ? 3 : 2;
    writer.output(weight).output(weight + 1).output(weight + 2);
    return finish(writer.output(cell.hasRecurrentBias(), weight + 3).scratch(), sequence);
  }
}
