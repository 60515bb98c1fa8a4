package dev.volute.nn;

import dev.volute.graph.Value;
import dev.volute.graph.composite.Recurrent;
import dev.volute.graph.composite.RecurrentCell;
import dev.volute.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A recurrent layer over time: {@code [batch, time, features]} to {@code [batch, time, units]}. The
 * equations are {@link RecurrentCell}'s.
 *
 * <p>Parameters: {@code inputWeight [features, gates * units]}, {@code recurrentWeight [units,
 * gates * units]}, {@code bias [gates * units]}, and for the GRU that resets after the product
 * {@code recurrentBias [units]}. Carried from step to step: {@code hidden}, for the LSTM also
 * {@code cell}.
 */
public record RecurrentLayer(RecurrentCell cell, int units) implements Layer {
  public RecurrentLayer {
    Layers.requirePositive(cell.name().toLowerCase(Locale.ROOT), "units", units);
  }

  @Override
  public String kind() {
    return switch (cell) {
      case TANH, RELU -> "rnn";
      case LSTM -> "lstm";
      case GRU, GRU_RESET_AFTER -> "gru";
    };
  }

  @Override
  public Value apply(Value x, LayerScope scope) {
    return scope.within(
        () -> {
          Shape shape = x.shape();
          if (shape.rank() != 3) {
            throw scope.misfit(kind() + " needs [batch, time, features], not " + shape);
          }
          int features = shape.dim(2);
          int width = cell.gates() * units;
          Initializer initial = Initializer.fanIn(units);
          List<Value> arguments = new ArrayList<>();
          Shape state = Shape.of(shape.dim(0), units);
          arguments.add(scope.state("hidden", state));
          if (cell.hasCellState()) {
            arguments.add(scope.state("cell", state));
          }
          arguments.add(scope.parameter("inputWeight", Shape.of(features, width), initial));
          arguments.add(scope.parameter("recurrentWeight", Shape.of(units, width), initial));
          arguments.add(scope.parameter("bias", Shape.of(width), initial));
          if (cell == RecurrentCell.GRU_RESET_AFTER) {
            arguments.add(scope.parameter("recurrentBias", Shape.of(units), initial));
          }
          Recurrent recurrent = new Recurrent(cell, scope.training());
          List<Value> results = x.applyAll(recurrent, arguments.toArray(Value[]::new));
          scope.carry("hidden", results.get(1));
          if (cell.hasCellState()) {
            scope.carry("cell", results.get(2));
          }
          return results.get(0);
        });
  }

  @Override
  public String toString() {
    return cell == RecurrentCell.TANH || cell == RecurrentCell.LSTM || cell == RecurrentCell.GRU
        ? kind() + "(" + units + ")"
        : kind() + "(" + units + ", " + cell.name().toLowerCase(Locale.ROOT) + ")";
  }
}
