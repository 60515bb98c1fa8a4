package dev.volute.conformance.op;

import java.util.List;

/**
 * Bounds of softmax and cross-entropy over rows of n classes.
 *
 * <p>The difference of a logit x to the largest is rounded, which the exponential turns into a
 * relative error of {@code u} times the difference; the exponential itself adds 16 u, their sum
 * {@code n u}.
 */
final class ClassErrors {
  private ClassErrors() {}

  static List<double[]> softmax(ErrorModel.Evaluation e) {
    return List.of(probabilities(e, e.outputs().get(0)));
  }

  private static double[] probabilities(ErrorModel.Evaluation e, double[] y) {
    double[] x = e.inputs().get(0);
    int n = e.call().input(0).shape().dim(-1);
    double[] bound = new double[x.length];
    for (int first = 0; first < x.length; first += n) {
      double largest = largest(x, first, n);
      double spread = spread(x, first, n);
      for (int i = first; i < first + n; i++) {
        bound[i] = (n + 32 + 2 * (largest - x[i]) + 2 * spread) * e.u() * y[i];
      }
    }
    return bound;
  }

  private static double largest(double[] x, int first, int n) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int i = first; i < first + n; i++) {
      largest = Math.max(largest, x[i]);
    }
    return largest;
  }

  /** How far, on average over the probabilities, logits are below the largest. */
  private static double spread(double[] x, int first, int n) {
    double largest = largest(x, first, n);
    double sum = 0;
    double weighted = 0;
    for (int i = first; i < first + n; i++) {
      double power = Math.exp(x[i] - largest);
      sum += power;
      weighted += power == 0 ? 0 : power * (largest - x[i]);
    }
    return weighted / sum;
  }

  static List<double[]> softmaxGradient(ErrorModel.Evaluation e) {
    double[] y = e.inputs().get(0);
    double[] g = e.inputs().get(1);
    int n = e.call().input(0).shape().dim(-1);
    double[] bound = new double[y.length];
    for (int first = 0; first < y.length; first += n) {
      double sum = 0;
      for (int i = first; i < first + n; i++) {
        sum += Math.abs(y[i] * g[i]);
      }
      for (int i = first; i < first + n; i++) {
        bound[i] = Math.abs(y[i]) * e.u() * ((n + 4) * sum + 4 * Math.abs(g[i]));
      }
    }
    return List.of(bound);
  }

  static List<double[]> crossEntropy(ErrorModel.Evaluation e) {
    double[] x = e.inputs().get(0);
    double[] loss = e.outputs().get(0);
    int n = e.call().input(0).shape().dim(-1);
    double[] bound = new double[loss.length];
    for (int row = 0; row < loss.length; row++) {
      double total = Math.log(n);
      double label = Math.abs(loss[row]) + total;
      bound[row] =
          loss[row] == 0 ? 0 : e.u() * (n + 32 + 2 * spread(x, row * n, n) + 8 * total + 4 * label);
    }
    return List.of(bound, probabilities(e, e.outputs().get(1)));
  }

  static List<double[]> crossEntropyGradient(ErrorModel.Evaluation e) {
    double[] bound = e.outputs().get(0).clone();
    int n = e.call().input(0).shape().dim(-1);
    for (int i = 0; i < bound.length; i++) {
      boolean ignored = e.inputs().get(1)[i / n] < 0;
      bound[i] = ignored ? 0 : 4 * e.u() * Math.abs(e.inputs().get(2)[i / n]);
    }
    return List.of(bound);
  }
}
