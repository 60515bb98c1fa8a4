package dev.volute.conformance.reference;

import dev.volute.graph.composite.Recurrent;
import dev.volute.spi.Kernel;
import java.util.List;

/** Recurrences step by step, as {@link dev.volute.graph.composite.RecurrentCell} states them. */
final class RecurrentForward {
  private final Recurrence in;

  private RecurrentForward(Recurrence in) {
    this.in = in;
  }

  static Kernel kernel(Recurrent op, List<Elements> inputs, List<Elements> outputs) {
    Recurrence in = Recurrence.of(op.cell(), inputs);
    RecurrentForward forward = new RecurrentForward(in);
    return () -> {
      for (int n = 0; n < in.batch(); n++) {
        forward.sequence(n, op.reserve(), outputs);
      }
    };
  }

  /** The states after a step, and what is kept of it. */
  private record Step(double[] h, double[] c, double[][] kept) {}

  private void sequence(int n, boolean reserve, List<Elements> outputs) {
    double[] h = Recurrence.row(in.h0(), n);
    double[] c = Recurrence.row(in.c0(), n);
    for (int t = 0; t < in.time(); t++) {
      Step step = step(Recurrence.step(in.x(), n, t), h, c);
      h = step.h;
      c = step.c;
      store(h, outputs.get(0), n * in.time() + t, 0, 1);
      for (int k = 0; reserve && k < step.kept.length; k++) {
        Elements kept = outputs.get(outputs.size() - 1);
        store(step.kept[k], kept, n * in.time() + t, k, step.kept.length);
      }
    }
    store(h, outputs.get(1), n, 0, 1);
    if (in.cell().hasCellState()) {
      store(c, outputs.get(2), n, 0, 1);
    }
  }

  /** Stores part {@code part} of the {@code parts} parts of a row. */
  private static void store(double[] values, Elements target, int row, int part, int parts) {
    for (int j = 0; j < values.length; j++) {
      target.set((row * parts + part) * values.length + j, values[j]);
    }
  }

  private Step step(double[] x, double[] h, double[] c) {
    return switch (in.cell()) {
      case TANH, RELU -> simple(x, h);
      case LSTM -> lstm(x, h, c);
      case GRU -> gru(x, h);
      case GRU_RESET_AFTER -> gruResetAfter(x, h);
    };
  }

  /** {@code x @ wx + h @ wh + b} for one gate of one unit. */
  private double sum(double[] x, double[] h, int gate, int unit) {
    int column = gate * in.units() + unit;
    return in.input(x, column) + in.recurrent(h, column);
  }

  private Step simple(double[] x, double[] before) {
    double[] h = new double[in.units()];
    for (int j = 0; j < h.length; j++) {
      double sum = sum(x, before, 0, j);
      h[j] =
          switch (in.cell()) {
            case RELU -> Elementwise.relu(sum);
            default -> Math.tanh(sum);
          };
    }
    return new Step(h, h, new double[0][]);
  }

  private Step lstm(double[] x, double[] before, double[] cBefore) {
    int units = in.units();
    double[] i = new double[units];
    double[] f = new double[units];
    double[] g = new double[units];
    double[] o = new double[units];
    double[] c = new double[units];
    double[] h = new double[units];
    for (int j = 0; j < units; j++) {
      i[j] = Elementwise.sigmoid(sum(x, before, 0, j));
      f[j] = Elementwise.sigmoid(sum(x, before, 1, j));
      g[j] = Math.tanh(sum(x, before, 2, j));
      o[j] = Elementwise.sigmoid(sum(x, before, 3, j));
      c[j] = f[j] * cBefore[j] + i[j] * g[j];
      h[j] = o[j] * Math.tanh(c[j]);
    }
    return new Step(h, c, new double[][] {i, f, g, o, c});
  }

  private Step gru(double[] x, double[] before) {
    int units = in.units();
    double[] r = new double[units];
    double[] z = new double[units];
    double[] reset = new double[units];
    for (int j = 0; j < units; j++) {
      r[j] = Elementwise.sigmoid(sum(x, before, 0, j));
      z[j] = Elementwise.sigmoid(sum(x, before, 1, j));
      reset[j] = r[j] * before[j];
    }
    double[] n = new double[units];
    for (int j = 0; j < units; j++) {
      n[j] = Math.tanh(sum(x, reset, 2, j));
    }
    return new Step(mixed(z, before, n), before, new double[][] {r, z, n});
  }

  private Step gruResetAfter(double[] x, double[] before) {
    int units = in.units();
    double[] r = new double[units];
    double[] z = new double[units];
    double[] n = new double[units];
    double[] q = new double[units];
    for (int j = 0; j < units; j++) {
      r[j] = Elementwise.sigmoid(sum(x, before, 0, j));
      z[j] = Elementwise.sigmoid(sum(x, before, 1, j));
      q[j] = in.recurrent(before, 2 * units + j) + in.bh().get(j);
      n[j] = Math.tanh(in.input(x, 2 * units + j) + r[j] * q[j]);
    }
    return new Step(mixed(z, before, n), before, new double[][] {r, z, n, q});
  }

  /** {@code z * h + (1 - z) * n}. */
  private static double[] mixed(double[] z, double[] h, double[] n) {
    double[] result = new double[z.length];
    for (int j = 0; j < z.length; j++) {
      result[j] = z[j] * h[j] + (1 - z[j]) * n[j];
    }
    return result;
  }
}
