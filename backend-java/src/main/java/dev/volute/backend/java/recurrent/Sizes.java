package dev.volute.backend.java.recurrent;

import dev.volute.graph.composite.RecurrentCell;
import dev.volute.spi.OpCall;
import dev.volute.tensor.Shape;

/**
 * How large a recurrence is.
 *
 * @param table rows of the table whose rows the inputs are, or 0 if these are a sequence
 */
record Sizes(RecurrentCell cell, int batch, int time, int features, int units, int table) {
  /** Of a call whose first two inputs are the sequence and the hidden state. */
  static Sizes of(RecurrentCell cell, OpCall call) {
    Shape x = call.input(0).shape();
    int units = call.input(1).shape().dim(1);
    return new Sizes(cell, x.dim(0), x.dim(1), x.dim(2), units, 0);
  }

  /** Of a call whose first three inputs are the table, the ids and the hidden state. */
  static Sizes overTable(RecurrentCell cell, OpCall call) {
    Shape table = call.input(0).shape();
    Shape ids = call.input(1).shape();
    int units = call.input(2).shape().dim(1);
    return new Sizes(cell, ids.dim(0), ids.dim(1), table.dim(1), units, table.dim(0));
  }

  /** Whether the inputs are rows of a table. */
  boolean isOverTable() {
    return table > 0;
  }

  /** Columns of the weights. */
  int width() {
    return cell.gates() * units;
  }

  /** Elements of one value of each unit and row. */
  int state() {
    return batch * units;
  }

  /** Rows of all steps. */
  int rows() {
    return batch * time;
  }

  /** Where the first hidden state is among the inputs. */
  int states() {
    return isOverTable() ? 2 : 1;
  }

  /** Where the input weight is among the inputs; the others follow it. */
  int weights() {
    return states() + (cell.hasCellState() ? 2 : 1);
  }

  /** Where the gradient to the input weight is among the outputs; the others follow it. */
  int weightGradients() {
    return cell.hasCellState() ? 3 : 2;
  }

  /** Where the hidden states of all steps are among the inputs of the gradient. */
  int kept() {
    return cell.inputs() + states() - 1;
  }

  /** Columns of the gates, the first ones, that share one product with the hidden state. */
  int shared() {
    return (isGru() ? 2 : cell.gates()) * units;
  }

  boolean isGru() {
    return cell.gates() == 3;
  }

  /** As many steps at a time as rows are wanted, or about as many that divide the steps evenly. */
  int steps(int rows) {
    int most = Math.max(1, rows / Math.max(1, batch));
    int chunks = Math.max(1, (time + most - 1) / most);
    return Math.max(1, (time + chunks - 1) / chunks);
  }
}
