package dev.volute.conformance.reference;

import dev.volute.graph.composite.RecurrentCell;
import java.util.List;

/**
 * The inputs of a recurrence under the names of its equations, and what all cells compute alike.
 *
 * @param c0 the first cell state; h0 again where the cell has none
 * @param bh the bias inside the reset product; b again where the cell has none
 */
record Recurrence(
    RecurrentCell cell,
    Elements x,
    Elements h0,
    Elements c0,
    Elements wx,
    Elements wh,
    Elements b,
    Elements bh) {

  static Recurrence of(RecurrentCell cell, List<Elements> inputs) {
    int weights = cell.hasCellState() ? 3 : 2;
    return new Recurrence(
        cell,
        inputs.get(0),
        inputs.get(1),
        inputs.get(weights - 1),
        inputs.get(weights),
        inputs.get(weights + 1),
        inputs.get(weights + 2),
        inputs.get(cell.inputs() - 1));
  }

  int batch() {
    return x.shape().dim(0);
  }

  int time() {
    return x.shape().dim(1);
  }

  int features() {
    return x.shape().dim(2);
  }

  int units() {
    return h0.shape().dim(1);
  }

  /** Columns of the weights. */
  int width() {
    return cell.gates() * units();
  }

  /** One step of a sequence {@code [batch, time, n]}. */
  static double[] step(Elements sequence, int n, int t) {
    int length = sequence.shape().dim(2);
    int first = (n * sequence.shape().dim(1) + t) * length;
    double[] values = new double[length];
    for (int i = 0; i < length; i++) {
      values[i] = sequence.get(first + i);
    }
    return values;
  }

  /** One row of a matrix. */
  static double[] row(Elements matrix, int n) {
    int length = matrix.shape().dim(1);
    double[] values = new double[length];
    for (int i = 0; i < length; i++) {
      values[i] = matrix.get(n * length + i);
    }
    return values;
  }

  /** {@code vector @ wx + b} in one column. */
  double input(double[] vector, int column) {
    return product(vector, wx, column) + b.get(column);
  }

  /** {@code vector @ wh} in one column. */
  double recurrent(double[] vector, int column) {
    return product(vector, wh, column);
  }

  private double product(double[] vector, Elements matrix, int column) {
    double sum = 0;
    for (int i = 0; i < vector.length; i++) {
      sum += vector[i] * matrix.get(i * width() + column);
    }
    return sum;
  }
}
