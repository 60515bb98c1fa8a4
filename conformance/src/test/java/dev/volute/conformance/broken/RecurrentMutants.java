package dev.volute.conformance.broken;

import dev.volute.conformance.rule.Rule;
import dev.volute.graph.composite.EmbeddedRecurrent;
import dev.volute.graph.composite.EmbeddedRecurrentGradient;
import dev.volute.graph.composite.Recurrent;
import dev.volute.graph.composite.RecurrentCell;
import dev.volute.graph.composite.RecurrentGradient;
import dev.volute.spi.Backend;
import dev.volute.spi.Kernel;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operands;
import java.util.ArrayList;
import java.util.List;

/** Flaws of recurrences. */
final class RecurrentMutants {
  private RecurrentMutants() {}

  static List<Mutant> all() {
    List<Mutant> all = new ArrayList<>();
    recurrences(all);
    overTables(all);
    return all;
  }

  private static void overTables(List<Mutant> all) {
    all.add(
        Mutant.of(
            "the row before the one that is named",
            Rule.RNN_7,
            Spoiler.values(
                EmbeddedRecurrent.class, 1, (op, k) -> OpMutants.map(k, v -> Math.max(0, v - 1)))));
    all.add(
        Mutant.of(
            "no gradient to a table's first row",
            Rule.RNN_7,
            Spoiler.result(
                EmbeddedRecurrentGradient.class, 0, (op, y) -> OpMutants.changed(y, 0, 0))));
    all.add(
        Mutant.of(
            "ids that are clamped",
            Rule.RNN_8,
            Spoiler.values(
                EmbeddedRecurrentGradient.class,
                1,
                (op, k) -> OpMutants.map(k, v -> Math.min(4, Math.max(0, v))))));
  }

  private static void recurrences(List<Mutant> all) {
    all.add(
        Mutant.of(
            "a first state that is taken for zero",
            Rule.RNN_1,
            Spoiler.values(Recurrent.class, 1, (op, h) -> new double[h.length])));
    all.add(
        Mutant.of(
            "gates that swallow NaN",
            Rule.NUMBER_2,
            Spoiler.result(
                Recurrent.class, 0, (op, y) -> OpMutants.map(y, v -> Double.isNaN(v) ? 1 : v))));
    all.add(
        Mutant.of(
            "relu in place of tanh",
            Rule.RNN_1,
            Spoiler.swap(
                Recurrent.class,
                op ->
                    op.cell() == RecurrentCell.TANH
                        ? new Recurrent(RecurrentCell.RELU, op.reserve())
                        : op)));
    all.add(
        Mutant.of("gates in the order i, f, o, g", Rule.RNN_2, RecurrentMutants::exchangedGates));
    all.add(
        Mutant.of(
            "a forget gate that does not see the state",
            Rule.RNN_2,
            recurrentWeight(RecurrentCell.LSTM, (w, gate) -> gate == 1 ? 0 : w)));
    all.add(
        Mutant.of(
            "an update gate that works the other way round",
            Rule.RNN_3,
            recurrentWeight(RecurrentCell.GRU, (w, gate) -> gate == 1 ? -w : w)));
    all.add(
        Mutant.of(
            "reset before the product in place of after it",
            Rule.RNN_4,
            Spoiler.only(
                Recurrent.class,
                (correct, call, operands) -> {
                  Recurrent op = (Recurrent) call.op();
                  if (op.cell() != RecurrentCell.GRU_RESET_AFTER || op.reserve()) {
                    return correct.bind(call, operands);
                  }
                  return correct.bind(
                      OpCall.of(
                          new Recurrent(RecurrentCell.GRU, false), call.inputs().subList(0, 5)),
                      Spoiler.with(operands.inputs().subList(0, 5), operands.outputs()));
                })));
    all.add(
        Mutant.of(
            "a reserve that begins with the wrong gate",
            Rule.RNN_5,
            Spoiler.only(
                Recurrent.class,
                (correct, call, operands) -> {
                  Recurrent op = (Recurrent) call.op();
                  int units = call.input(1).shape().dim(1);
                  int row = op.cell().reserve() * units;
                  int last = operands.outputs().size() - 1;
                  boolean kept = op.reserve() && op.cell().reserve() > 0;
                  return kept
                      ? Spoiler.result(
                              Recurrent.class, last, (same, y) -> Numbers.exchanged(y, row, units))
                          .bind(correct, call, operands)
                      : correct.bind(call, operands);
                })));
    all.add(
        Mutant.of(
            "no gradient to the first state",
            Rule.RNN_6,
            Spoiler.result(RecurrentGradient.class, 1, (op, y) -> new double[y.length])));
    all.add(
        Mutant.of(
            "a gradient that does not see the last state's",
            Rule.RNN_6,
            Spoiler.only(
                RecurrentGradient.class,
                (correct, call, operands) ->
                    Spoiler.values(
                            RecurrentGradient.class,
                            call.inputs().size() - 1,
                            (op, g) -> new double[g.length])
                        .bind(correct, call, operands))));
  }

  private interface Columns {
    double of(double weight, int gate);
  }

  /** Changes the recurrent weight, column by column, of one cell. */
  private static Spoiler recurrentWeight(RecurrentCell cell, Columns columns) {
    int index = cell.hasCellState() ? 4 : 3;
    return Spoiler.only(
        Recurrent.class,
        (correct, call, operands) -> {
          if (((Recurrent) call.op()).cell() != cell) {
            return correct.bind(call, operands);
          }
          int width = call.input(index).shape().dim(1);
          int units = width / cell.gates();
          return Spoiler.values(
                  Recurrent.class,
                  index,
                  (op, w) -> {
                    double[] changed = w.clone();
                    for (int i = 0; i < w.length; i++) {
                      changed[i] = columns.of(w[i], i % width / units);
                    }
                    return changed;
                  })
              .bind(correct, call, operands);
        });
  }

  /** Exchanges the columns of the last two gates in both weights and in the bias. */
  static Kernel exchangedGates(Backend correct, OpCall call, Operands operands) {
    boolean lstm =
        call.op() instanceof Recurrent recurrent && recurrent.cell() == RecurrentCell.LSTM;
    if (!lstm) {
      return correct.bind(call, operands);
    }
    int units = call.input(1).shape().dim(1);
    Spoiler spoiler = Backend::bind;
    for (int index : new int[] {3, 4, 5}) {
      Spoiler inner = spoiler;
      spoiler =
          (backend, op, given) ->
              Spoiler.values(
                      Recurrent.class, index, (same, w) -> lastGatesExchanged(w, 4 * units, units))
                  .bind(new BrokenBackend(backend, inner), op, given);
    }
    return spoiler.bind(correct, call, operands);
  }

  private static double[] lastGatesExchanged(double[] w, int width, int units) {
    double[] changed = w.clone();
    for (int first = 0; first < w.length; first += width) {
      for (int j = 0; j < units; j++) {
        changed[first + 2 * units + j] = w[first + 3 * units + j];
        changed[first + 3 * units + j] = w[first + 2 * units + j];
      }
    }
    return changed;
  }
}
