package dev.volute.backend.java.recurrent;

import dev.volute.graph.composite.RecurrentCell;
import java.util.ArrayList;
import java.util.List;

/** The cells' equations in double precision, one scalar after the other. */
record Equations(RecurrentCell cell, int batch, int time, int features, int units) {
  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  /** One row's states before and after a step, and its inputs. */
  private record Row(double[] x, double[] h, double[] c) {}

  /** From the op's inputs to y, the last h and, for the LSTM, the last c. */
  List<double[]> run(List<double[]> inputs) {
    int weights = cell.hasCellState() ? 3 : 2;
    double[] y = new double[batch * time * units];
    double[] hidden = inputs.get(1).clone();
    double[] cells = cell.hasCellState() ? inputs.get(2).clone() : new double[batch * units];
    List<double[]> parameters = inputs.subList(weights, inputs.size());
    for (int b = 0; b < batch; b++) {
      for (int t = 0; t < time; t++) {
        double[] x = new double[features];
        System.arraycopy(inputs.get(0), (b * time + t) * features, x, 0, features);
        double[] h = new double[units];
        System.arraycopy(hidden, b * units, h, 0, units);
        double[] c = new double[units];
        System.arraycopy(cells, b * units, c, 0, units);
        double[] next = step(new Row(x, h, c), parameters);
        System.arraycopy(next, 0, hidden, b * units, units);
        System.arraycopy(c, 0, cells, b * units, units);
        System.arraycopy(next, 0, y, (b * time + t) * units, units);
      }
    }
    List<double[]> outputs = new ArrayList<>(List.of(y, hidden));
    if (cell.hasCellState()) {
      outputs.add(cells);
    }
    return outputs;
  }

  /** The next hidden state; the cell state is replaced. */
  private double[] step(Row row, List<double[]> parameters) {
    double[] next = new double[units];
    double[] reset = new double[units];
    for (int j = 0; j < units && cell == RecurrentCell.GRU; j++) {
      reset[j] = sigmoid(sum(0, j, row, row.h, parameters)) * row.h[j];
    }
    for (int j = 0; j < units; j++) {
      double h = row.h[j];
      next[j] =
          switch (cell) {
            case TANH -> Math.tanh(sum(0, j, row, row.h, parameters));
            case RELU -> Math.max(0, sum(0, j, row, row.h, parameters));
            case LSTM -> {
              double i = sigmoid(sum(0, j, row, row.h, parameters));
              double f = sigmoid(sum(1, j, row, row.h, parameters));
              double g = Math.tanh(sum(2, j, row, row.h, parameters));
              double o = sigmoid(sum(3, j, row, row.h, parameters));
              row.c[j] = f * row.c[j] + i * g;
              yield o * Math.tanh(row.c[j]);
            }
            case GRU -> {
              double z = sigmoid(sum(1, j, row, row.h, parameters));
              yield z * h + (1 - z) * Math.tanh(sum(2, j, row, reset, parameters));
            }
            case GRU_RESET_AFTER -> {
              double r = sigmoid(sum(0, j, row, row.h, parameters));
              double z = sigmoid(sum(1, j, row, row.h, parameters));
              double outside = sum(2, j, row, new double[units], parameters);
              double q = product(row.h, parameters.get(1), 2 * units + j) + parameters.get(3)[j];
              yield z * h + (1 - z) * Math.tanh(outside + r * q);
            }
          };
    }
    return next;
  }

  /** {@code x @ wx + h @ wh + b} for one unit of a gate. */
  private double sum(int gate, int unit, Row row, double[] h, List<double[]> parameters) {
    int column = gate * units + unit;
    return product(row.x, parameters.get(0), column)
        + product(h, parameters.get(1), column)
        + parameters.get(2)[column];
  }

  private double product(double[] row, double[] weight, int column) {
    double sum = 0;
    for (int i = 0; i < row.length; i++) {
      sum += row[i] * weight[i * cell.gates() * units + column];
    }
    return sum;
  }

  /** A number that depends on all outputs: their sum with these weights. */
  double loss(List<double[]> inputs, List<double[]> weights) {
    List<double[]> outputs = run(inputs);
    double sum = 0;
    for (int i = 0; i < outputs.size(); i++) {
      for (int j = 0; j < outputs.get(i).length; j++) {
        sum += outputs.get(i)[j] * weights.get(i)[j];
      }
    }
    return sum;
  }
}
