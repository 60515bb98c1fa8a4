package dev.volute.backend.java.recurrent;

import dev.volute.graph.composite.RecurrentCell;
import dev.volute.spi.OpCall;
import dev.volute.tensor.Shape;

/** How large a recurrence is. */
record Sizes(RecurrentCell cell, int batch, int time, int features, int units) {
  /** Of a call whose first two inputs are the sequence and the hidden state. */
  static Sizes of(RecurrentCell cell, OpCall call) {
    Shape x = call.input(0).shape();
    return new Sizes(cell, x.dim(0), x.dim(1), x.dim(2), call.input(1).shape().dim(1));
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

  /** Where the input weight is among the inputs; the others follow it. */
  int weights() {
    return cell.hasCellState() ? 3 : 2;
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
