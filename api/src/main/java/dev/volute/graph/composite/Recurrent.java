package dev.volute.graph.composite;

import dev.volute.graph.Arguments;
import dev.volute.graph.GradientContext;
import dev.volute.graph.Op;
import dev.volute.graph.Value;
import dev.volute.tensor.Shape;
import dev.volute.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A recurrence over a whole sequence; see {@link RecurrentCell} for the equations.
 *
 * <p>Inputs, with G gates and H units: x {@code [batch, time, features]}; first hidden state {@code
 * [batch, H]}; LSTM: first cell state {@code [batch, H]}; input weight {@code [features, G*H]};
 * recurrent weight {@code [H, G*H]}; bias {@code [G*H]}; GRU with reset after the product:
 * recurrent bias {@code [H]}.
 *
 * <p>Outputs: hidden states {@code [batch, time, H]}; last hidden state {@code [batch, H]}; LSTM:
 * last cell state {@code [batch, H]}; reserve {@code [batch, time, R*H]}, if asked for and R is not
 * 0.
 *
 * @param reserve whether to keep what {@link RecurrentGradient} needs
 */
public record Recurrent(RecurrentCell cell, boolean reserve) implements Op {
  @Override
  public String name() {
    return "Recurrent " + cell;
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Arguments.exactly(this, inputs, cell.inputs());
    return outputs(this, cell, inputs, reserve);
  }

  /** Checks the inputs of the forward pass and gives its outputs. */
  static List<TensorType> outputs(
      Op op, RecurrentCell cell, List<TensorType> inputs, boolean reserve) {
    TensorType sequence = inputs.get(0);
    Arguments.floating(op, "sequence", sequence);
    Arguments.sameDType(op, inputs);
    Shape x = Arguments.rank(op, "sequence [batch, time, features]", sequence, 3);
    Shape hidden = Arguments.rank(op, "hidden state [batch, units]", inputs.get(1), 2);
    int units = hidden.dim(1);
    int width = cell.gates() * units;
    Shape state = Shape.of(x.dim(0), units);
    Arguments.shape(op, "hidden state", inputs.get(1), state);
    int next = 2;
    if (cell.hasCellState()) {
      Arguments.shape(op, "cell state", inputs.get(next++), state);
    }
    Arguments.shape(op, "input weight", inputs.get(next++), Shape.of(x.dim(2), width));
    Arguments.shape(op, "recurrent weight", inputs.get(next++), Shape.of(units, width));
    Arguments.shape(op, "bias", inputs.get(next++), Shape.of(width));
    if (cell.hasRecurrentBias()) {
      Arguments.shape(op, "recurrent bias", inputs.get(next), Shape.of(units));
    }
    List<TensorType> outputs = new ArrayList<>();
    outputs.add(sequence.withShape(x.with(2, units)));
    outputs.add(sequence.withShape(state));
    if (cell.hasCellState()) {
      outputs.add(sequence.withShape(state));
    }
    if (reserve && cell.reserve() > 0) {
      outputs.add(sequence.withShape(x.with(2, cell.reserve() * units)));
    }
    return outputs;
  }

  @Override
  public void gradient(GradientContext context) {
    boolean kept = reserve || cell.reserve() == 0;
    List<Value> outputs =
        kept
            ? context.outputs()
            : context
                .input(0)
                .applyAll(
                    new Recurrent(cell, true),
                    context.inputs().subList(1, cell.inputs()).toArray(Value[]::new));
    int states = cell.hasCellState() ? 2 : 1;
    List<Value> arguments = new ArrayList<>(context.inputs().subList(1, cell.inputs()));
    arguments.add(outputs.get(0));
    if (cell.reserve() > 0) {
      arguments.add(outputs.get(1 + states));
    }
    for (int i = 0; i <= states; i++) {
      arguments.add(context.outputGradient(i));
    }
    List<Value> gradients =
        context.input(0).applyAll(new RecurrentGradient(cell), arguments.toArray(Value[]::new));
    for (int i = 0; i < gradients.size(); i++) {
      context.propagate(i, gradients.get(i));
    }
  }

  @Override
  public Optional<Op> withOutputs(int count) {
    boolean withoutReserve =
        reserve && cell.reserve() > 0 && count <= (cell.hasCellState() ? 3 : 2);
    return withoutReserve ? Optional.of(new Recurrent(cell, false)) : Optional.empty();
  }

  @Override
  public Optional<Lowering> lowering() {
    return Optional.of(inputs -> new RecurrentSteps(cell, inputs).outputs(reserve));
  }
}
