package dev.volute.graph.composite;

import dev.volute.graph.Arguments;
import dev.volute.graph.Op;
import dev.volute.graph.ScatterAdd;
import dev.volute.graph.Value;
import dev.volute.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Back-propagation through time of an {@link EmbeddedRecurrent}. Gradients to the pre-activations
 * are summed by the row that stood there, {@code sums[row]}; then {@code sums @ Wx^T} are the
 * gradients to the table, and {@code table^T @ sums} those to the input weight.
 *
 * <p>Inputs: table {@code [rows, features]}; ids I32 {@code [batch, time]}; then all inputs of
 * {@link RecurrentGradient} behind the sequence. Outputs: the gradient to the table; then as that
 * op's, behind the one to the sequence. A kernel that meets an id outside {@code 0 .. rows-1}
 * throws {@code dev.volute.spi.IndexRangeException}.
 */
public record EmbeddedRecurrentGradient(RecurrentCell cell) implements Op {
  @Override
  public String name() {
    return "EmbeddedRecurrentGradient " + cell;
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Arguments.require(inputs.size() > 2, "%s needs a table, ids and states", this);
    List<TensorType> outputs =
        new ArrayList<>(
            new RecurrentGradient(cell).infer(EmbeddedRecurrent.gathered(this, inputs)));
    outputs.set(0, inputs.get(0));
    return outputs;
  }

  @Override
  public Optional<Lowering> lowering() {
    return Optional.of(
        inputs -> {
          Value table = inputs.get(0);
          Value ids = inputs.get(1);
          List<Value> gradients =
              new ArrayList<>(
                  table
                      .gather(ids)
                      .applyAll(
                          new RecurrentGradient(cell),
                          inputs.subList(2, inputs.size()).toArray(Value[]::new)));
          gradients.set(0, ids.apply(new ScatterAdd(table.shape().dim(0)), gradients.get(0)));
          return gradients;
        });
  }
}
