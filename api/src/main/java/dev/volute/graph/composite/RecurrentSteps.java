package dev.volute.graph.composite;

import dev.volute.graph.Slice;
import dev.volute.graph.Value;
import dev.volute.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** A {@link Recurrent} written out step by step. The inputs' names are the equations'. */
final class RecurrentSteps {
  private final RecurrentCell cell;
  private final Value x;
  private final Value h0;
  private final Value wh;
  private final int units;

  /** {@code x @ wx + b} for all steps: {@code [batch, time, gates * units]}. */
  private final Value projected;

  private final List<Value> inputs;

  RecurrentSteps(RecurrentCell cell, List<Value> inputs) {
    this.cell = cell;
    this.inputs = inputs;
    x = inputs.get(0);
    h0 = inputs.get(1);
    units = h0.shape().dim(1);
    int weights = cell.hasCellState() ? 3 : 2;
    wh = inputs.get(weights + 1);
    Value rows = x.reshape(Shape.of(batch() * time(), x.shape().dim(2)));
    projected =
        rows.matmul(inputs.get(weights))
            .add(inputs.get(weights + 2))
            .reshape(Shape.of(batch(), time(), cell.gates() * units));
  }

  private int batch() {
    return x.shape().dim(0);
  }

  private int time() {
    return x.shape().dim(1);
  }

  /** Outputs as {@link Recurrent} orders them. */
  List<Value> outputs(boolean reserve) {
    Value h = h0;
    Value c = cell.hasCellState() ? inputs.get(2) : h0;
    List<Value> states = new ArrayList<>();
    List<Value> kept = new ArrayList<>();
    for (int t = 0; t < time(); t++) {
      Step step = step(projected.at(1, t), h, c);
      h = step.h;
      c = step.c;
      states.add(h);
      if (cell.reserve() > 0) {
        kept.add(columns(step.reserve));
      }
    }
    List<Value> outputs = new ArrayList<>(List.of(inTime(x, states, batch(), units), h));
    if (cell.hasCellState()) {
      outputs.add(c);
    }
    if (reserve && cell.reserve() > 0) {
      outputs.add(inTime(x, kept, batch(), cell.reserve() * units));
    }
    return outputs;
  }

  private record Step(Value h, Value c, List<Value> reserve) {}

  private Step step(Value projection, Value h, Value c) {
    return switch (cell) {
      case TANH -> simple(projection.add(h.matmul(wh)).tanh());
      case RELU -> simple(projection.add(h.matmul(wh)).relu());
      case LSTM -> lstm(projection.add(h.matmul(wh)), c);
      case GRU -> gru(projection, h);
      case GRU_RESET_AFTER -> gruResetAfter(projection, h);
    };
  }

  private static Step simple(Value h) {
    return new Step(h, h, List.of());
  }

  private Step lstm(Value sum, Value before) {
    Value i = gates(sum, 0, 1).sigmoid();
    Value f = gates(sum, 1, 2).sigmoid();
    Value g = gates(sum, 2, 3).tanh();
    Value o = gates(sum, 3, 4).sigmoid();
    Value c = f.multiply(before).add(i.multiply(g));
    return new Step(o.multiply(c.tanh()), c, List.of(i, f, g, o, c));
  }

  private Step gru(Value projection, Value h) {
    Value both = gates(projection, 0, 2).add(h.matmul(gates(wh, 0, 2))).sigmoid();
    Value r = gates(both, 0, 1);
    Value z = gates(both, 1, 2);
    Value n = gates(projection, 2, 3).add(r.multiply(h).matmul(gates(wh, 2, 3))).tanh();
    return new Step(mixed(z, h, n), h, List.of(r, z, n));
  }

  private Step gruResetAfter(Value projection, Value h) {
    Value product = h.matmul(wh);
    Value both = gates(projection, 0, 2).add(gates(product, 0, 2)).sigmoid();
    Value r = gates(both, 0, 1);
    Value z = gates(both, 1, 2);
    Value q = gates(product, 2, 3).add(inputs.get(5));
    Value n = gates(projection, 2, 3).add(r.multiply(q)).tanh();
    return new Step(mixed(z, h, n), h, List.of(r, z, n, q));
  }

  /** {@code z * h + (1 - z) * n}. */
  private static Value mixed(Value z, Value h, Value n) {
    return z.multiply(h).add(complement(z).multiply(n));
  }

  /** {@code 1 - z}. */
  static Value complement(Value z) {
    return z.filled(Shape.scalar(), 1).subtract(z);
  }

  /** Columns of the gates {@code from} (inclusive) to {@code to} (exclusive). */
  private Value gates(Value matrix, int from, int to) {
    return matrix.slice(1, from * units, to * units);
  }

  /** Values {@code [batch, n]} beside one another. */
  static Value columns(List<Value> values) {
    return Value.concat(1, values);
  }

  /** The values {@code [batch, width]} of all steps as {@code [batch, time, width]}. */
  static Value inTime(Value like, List<Value> steps, int batch, int width) {
    Value sequence = like.filled(Shape.of(batch, steps.size(), width), 0);
    for (int t = 0; t < steps.size(); t++) {
      sequence =
          sequence.replace(
              List.of(new Slice(1, t, t + 1, 1)), steps.get(t).reshape(Shape.of(batch, 1, width)));
    }
    return sequence;
  }
}
