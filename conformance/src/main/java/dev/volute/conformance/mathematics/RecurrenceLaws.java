package dev.volute.conformance.mathematics;

import dev.volute.conformance.planned.PlannedGraph;
import dev.volute.conformance.rule.CheckList;
import dev.volute.conformance.rule.Rule;
import dev.volute.conformance.rule.Subject;
import dev.volute.graph.Value;
import dev.volute.graph.composite.Recurrent;
import dev.volute.graph.composite.RecurrentCell;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Laws of recurrences. */
public final class RecurrenceLaws {
  private static final int TIME = 7;

  private RecurrenceLaws() {}

  public static void addTo(CheckList checks) {
    for (RecurrentCell cell : RecurrentCell.values()) {
      checks.add(
          Rule.MATH_6, TIME + " steps of " + cell, subject -> steps(cell, checks.seed(), subject));
    }
    for (RecurrentCell cell :
        List.of(RecurrentCell.LSTM, RecurrentCell.GRU, RecurrentCell.GRU_RESET_AFTER)) {
      checks.add(
          Rule.MATH_7,
          TIME + " steps of one unit of " + cell,
          subject -> scalar(cell, checks.seed(), subject));
    }
  }

  /** A sequence, states and weights, in the op's order. */
  private static List<Tensor> inputs(
      RecurrentCell cell, long seed, int batch, int features, int units) {
    int width = cell.gates() * units;
    List<Tensor> inputs = new ArrayList<>();
    inputs.add(Numbers.random(seed, batch, TIME, features));
    inputs.add(Numbers.random(seed + 1, batch, units));
    if (cell.hasCellState()) {
      inputs.add(Numbers.random(seed + 2, batch, units));
    }
    inputs.add(Numbers.random(seed + 3, features, width));
    inputs.add(Numbers.random(seed + 4, units, width));
    inputs.add(Numbers.random(seed + 5, width));
    if (cell.hasRecurrentBias()) {
      inputs.add(Numbers.random(seed + 6, units));
    }
    return inputs;
  }

  private static void steps(RecurrentCell cell, long seed, Subject subject) {
    int batch = 3;
    int units = 5;
    int states = cell.hasCellState() ? 2 : 1;
    Recurrent op = new Recurrent(cell, false);
    List<Tensor> results =
        PlannedGraph.run(
            subject.backend(),
            inputs(cell, seed, batch, 4, units),
            values -> {
              List<Value> outputs = new ArrayList<>();
              outputs.add(values.get(0).applyAll(op, rest(values)).get(0));
              List<Value> now = new ArrayList<>(values);
              for (int t = 0; t < TIME; t++) {
                now.set(0, values.get(0).slice(1, t, t + 1));
                List<Value> step = now.get(0).applyAll(op, rest(now));
                for (int state = 0; state < states; state++) {
                  now.set(1 + state, step.get(1 + state));
                }
                outputs.add(step.get(1));
              }
              return outputs;
            });
    double[] oneByOne = new double[batch * TIME * units];
    for (int i = 0; i < oneByOne.length; i++) {
      int row = i / (TIME * units);
      int t = i / units % TIME;
      oneByOne[i] = results.get(1 + t).get(row * units + i % units);
    }
    Numbers.requireNear(
        Rule.MATH_6,
        "states",
        Numbers.of(Shape.of(batch, TIME, units), oneByOne),
        results.get(0),
        TIME);
  }

  private static Value[] rest(List<Value> values) {
    return values.subList(1, values.size()).toArray(Value[]::new);
  }

  private static double s(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  private static void scalar(RecurrentCell cell, long seed, Subject subject) {
    List<Tensor> inputs = inputs(cell, seed, 1, 1, 1);
    int weights = cell.hasCellState() ? 3 : 2;
    Tensor wx = inputs.get(weights);
    Tensor wh = inputs.get(weights + 1);
    Tensor b = inputs.get(weights + 2);
    double h = inputs.get(1).get(0);
    double c = inputs.get(weights - 1).get(0);
    double[] expected = new double[TIME];
    for (int t = 0; t < TIME; t++) {
      double x = inputs.get(0).get(t);
      double first = x * wx.get(0) + h * wh.get(0) + b.get(0);
      double second = x * wx.get(1) + h * wh.get(1) + b.get(1);
      switch (cell) {
        case LSTM -> {
          double g = Math.tanh(x * wx.get(2) + h * wh.get(2) + b.get(2));
          double o = s(x * wx.get(3) + h * wh.get(3) + b.get(3));
          c = s(second) * c + s(first) * g;
          h = o * Math.tanh(c);
        }
        case GRU -> {
          double n = Math.tanh(x * wx.get(2) + s(first) * h * wh.get(2) + b.get(2));
          h = s(second) * h + (1 - s(second)) * n;
        }
        default -> {
          double q = h * wh.get(2) + inputs.get(5).get(0);
          double n = Math.tanh(x * wx.get(2) + b.get(2) + s(first) * q);
          h = s(second) * h + (1 - s(second)) * n;
        }
      }
      expected[t] = h;
    }
    Tensor got =
        PlannedGraph.run(
                subject.backend(),
                inputs,
                values ->
                    List.of(
                        values.get(0).applyAll(new Recurrent(cell, false), rest(values)).get(0)))
            .get(0);
    Numbers.requireNear(
        Rule.MATH_7, "states", Numbers.of(Shape.of(1, TIME, 1), expected), got, TIME);
  }
}
