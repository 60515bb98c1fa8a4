package dev.volute.graph.composite;

import dev.volute.graph.Arguments;
import dev.volute.graph.Op;
import dev.volute.tensor.Shape;
import dev.volute.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Back-propagation through time of a {@link Recurrent}. Inputs: all of that op's inputs; its hidden
 * states {@code [batch, time, H]}; its reserve, if the cell has one; gradients to the hidden
 * states, to the last hidden state and, for the LSTM, to the last cell state. Outputs: gradients to
 * all inputs of that op, in their order.
 */
public record RecurrentGradient(RecurrentCell cell) implements Op {
  @Override
  public String name() {
    return "RecurrentGradient " + cell;
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    int forward = cell.inputs();
    int states = cell.hasCellState() ? 2 : 1;
    int kept = cell.reserve() > 0 ? 1 : 0;
    Arguments.exactly(this, inputs, forward + 2 + kept + states);
    List<TensorType> outputs = Recurrent.outputs(this, cell, inputs.subList(0, forward), true);
    Shape sequence = outputs.get(0).shape();
    Shape state = outputs.get(1).shape();
    int next = forward;
    Arguments.sameDType(this, inputs);
    Arguments.shape(this, "sequence of hidden states", inputs.get(next++), sequence);
    if (kept > 0) {
      Arguments.shape(this, "reserve", inputs.get(next++), outputs.get(1 + states).shape());
    }
    Arguments.shape(this, "gradient to the hidden states", inputs.get(next++), sequence);
    Arguments.shape(this, "gradient to the last hidden state", inputs.get(next++), state);
    if (cell.hasCellState()) {
      Arguments.shape(this, "gradient to the last cell state", inputs.get(next), state);
    }
    return new ArrayList<>(inputs.subList(0, forward));
  }

  @Override
  public Optional<Lowering> lowering() {
    return Optional.of(inputs -> new RecurrentStepsBack(cell, inputs).outputs());
  }
}
