package dev.volute.backend.natives;

import dev.volute.graph.composite.EmbeddedRecurrent;
import dev.volute.graph.composite.EmbeddedRecurrentGradient;
import dev.volute.graph.composite.Recurrent;
import dev.volute.graph.composite.RecurrentCell;
import dev.volute.graph.composite.RecurrentGradient;
import dev.volute.spi.OpCall;
import dev.volute.tensor.Shape;
import java.util.Optional;

/**
 * What a recurrence, or the gradient of one, goes through.
 *
 * @param reserve whether the forward pass keeps what the gradient needs
 * @param embedded whether the inputs of steps are rows of a table
 * @param rows of that table; else 0
 */
record RecurrentSequence(
    RecurrentCell cell,
    boolean reserve,
    boolean gradient,
    boolean embedded,
    long batch,
    long time,
    long features,
    long rows) {

  /** Empty if the call is no recurrence, or takes less time by its lowering. */
  static Optional<RecurrentSequence> of(OpCall call) {
    if (call.op() instanceof Recurrent op) {
      return Optional.of(dense(call, op.cell(), op.reserve(), false));
    }
    if (call.op() instanceof RecurrentGradient op) {
      return Optional.of(dense(call, op.cell(), true, true));
    }
    if (call.op() instanceof EmbeddedRecurrent op) {
      return embedded(call, op.cell(), op.reserve(), false);
    }
    return call.op() instanceof EmbeddedRecurrentGradient op
        ? embedded(call, op.cell(), true, true)
        : Optional.empty();
  }

  private static RecurrentSequence dense(
      OpCall call, RecurrentCell cell, boolean reserve, boolean gradient) {
    Shape x = call.input(0).shape();
    return new RecurrentSequence(cell, reserve, gradient, false, x.dim(0), x.dim(1), x.dim(2), 0);
  }

  /** If the table has so few rows that their products are much fewer than those of all steps. */
  private static Optional<RecurrentSequence> embedded(
      OpCall call, RecurrentCell cell, boolean reserve, boolean gradient) {
    Shape table = call.input(0).shape();
    Shape ids = call.input(1).shape();
    long rows = table.dim(0);
    return rows > 0 && 2 * rows <= ids.elements()
        ? Optional.of(
            new RecurrentSequence(
                cell, reserve, gradient, true, ids.dim(0), ids.dim(1), table.dim(1), rows))
        : Optional.empty();
  }

  /** The number of the first hidden state among a call's inputs. */
  int state() {
    return embedded ? 2 : 1;
  }

  /** The number of the input weight. */
  int weight() {
    return state() + (cell.hasCellState() ? 2 : 1);
  }

  /** The number of the first of the gradient's own inputs. */
  int kept() {
    return cell.inputs() + state() - 1;
  }

  /**
   * Floats that the kernel of a call keeps from run to run: the state behind a step, and terms of
   * the sums of the next one (see {@code single_step} in {@code sizes.h}).
   */
  long kept(OpCall call) {
    boolean single = !gradient && !embedded && time == 1 && batch < 4;
    return single ? (cell.gates() + 1) * call.input(state()).shape().elements() : 0;
  }

  /** Rows that are multiplied with the input weight. */
  long inputRows() {
    return embedded ? rows : batch * time;
  }
}
