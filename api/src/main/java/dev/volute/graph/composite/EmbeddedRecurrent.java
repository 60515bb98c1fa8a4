package dev.volute.graph.composite;

import dev.volute.graph.Arguments;
import dev.volute.graph.Gather;
import dev.volute.graph.Op;
import dev.volute.graph.Value;
import dev.volute.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A {@link Recurrent} whose sequence is made of rows of a table: {@code x[b, t] = table[ids[b,
 * t]]}. Where the table has fewer rows than the sequence, their products with the input weight,
 * {@code table @ Wx}, are fewer too, and a step finds its own among them by number.
 *
 * <p>Inputs: table {@code [rows, features]}; ids I32 {@code [batch, time]}; then all inputs of that
 * op behind the sequence. Outputs: as that op's. A kernel that meets an id outside {@code 0 ..
 * rows-1} throws {@code dev.volute.spi.IndexRangeException}.
 *
 * @param reserve whether to keep what {@link EmbeddedRecurrentGradient} needs
 */
public record EmbeddedRecurrent(RecurrentCell cell, boolean reserve) implements Op {
  @Override
  public String name() {
    return "EmbeddedRecurrent " + cell;
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Arguments.exactly(this, inputs, cell.inputs() + 1);
    return Recurrent.outputs(this, cell, gathered(this, inputs), reserve);
  }

  /** The types with the rows that ids name in the place of table and ids. */
  static List<TensorType> gathered(Op op, List<TensorType> types) {
    Arguments.rank(op, "table [rows, features]", types.get(0), 2);
    Arguments.rank(op, "tensor of ids [batch, time]", types.get(1), 2);
    List<TensorType> gathered = new ArrayList<>(new Gather().infer(types.subList(0, 2)));
    gathered.addAll(types.subList(2, types.size()));
    return gathered;
  }

  @Override
  public Optional<Op> withOutputs(int count) {
    return new Recurrent(cell, reserve)
        .withOutputs(count)
        .map(without -> new EmbeddedRecurrent(cell, false));
  }

  @Override
  public Optional<Lowering> lowering() {
    return Optional.of(
        inputs ->
            inputs
                .get(0)
                .gather(inputs.get(1))
                .applyAll(
                    new Recurrent(cell, reserve),
                    inputs.subList(2, inputs.size()).toArray(Value[]::new)));
  }
}
