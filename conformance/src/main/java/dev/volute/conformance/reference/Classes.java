package dev.volute.conformance.reference;

import dev.volute.graph.composite.SoftmaxCrossEntropy;
import dev.volute.spi.Kernel;
import java.util.List;

/** Probabilities of classes, their likelihood, and the gradients. Rows are the last axis. */
final class Classes {
  private Classes() {}

  static Kernel softmax(Elements x, Elements y) {
    int classes = x.shape().dim(-1);
    return () -> {
      for (int first = 0; first < x.size(); first += classes) {
        softmax(x, y, first, classes);
      }
    };
  }

  private static void softmax(Elements x, Elements y, int first, int classes) {
    double sum = sumOfPowers(x, first, classes);
    for (int i = first; i < first + classes; i++) {
      y.set(i, Math.exp(x.get(i) - largest(x, first, classes)) / sum);
    }
  }

  private static double largest(Elements x, int first, int classes) {
    double largest = x.get(first);
    for (int i = first; i < first + classes; i++) {
      largest = Math.max(largest, x.get(i));
    }
    return largest;
  }

  /** The sum of {@code exp(x - largest)}. */
  private static double sumOfPowers(Elements x, int first, int classes) {
    double largest = largest(x, first, classes);
    double sum = 0;
    for (int i = first; i < first + classes; i++) {
      sum += Math.exp(x.get(i) - largest);
    }
    return sum;
  }

  static Kernel softmaxGradient(Elements y, Elements g, Elements dx) {
    int classes = y.shape().dim(-1);
    return () -> {
      for (int first = 0; first < y.size(); first += classes) {
        double sum = 0;
        for (int i = first; i < first + classes; i++) {
          sum += y.get(i) * g.get(i);
        }
        for (int i = first; i < first + classes; i++) {
          dx.set(i, y.get(i) * (g.get(i) - sum));
        }
      }
    };
  }

  static Kernel crossEntropy(Elements x, Elements labels, List<Elements> outputs) {
    int classes = x.shape().dim(1);
    return () -> {
      for (int row = 0; row < labels.size(); row++) {
        int first = row * classes;
        double loss = 0;
        if (labels.integer(row) != SoftmaxCrossEntropy.IGNORED) {
          double label = x.get(first + Tables.row(labels, row, classes));
          loss = Math.log(sumOfPowers(x, first, classes)) + largest(x, first, classes) - label;
        }
        outputs.get(0).set(row, loss);
        softmax(x, outputs.get(1), first, classes);
      }
    };
  }

  static Kernel crossEntropyGradient(
      Elements probabilities, Elements labels, Elements g, Elements dx) {
    int classes = probabilities.shape().dim(1);
    return () -> {
      for (int row = 0; row < labels.size(); row++) {
        boolean ignored = labels.integer(row) == SoftmaxCrossEntropy.IGNORED;
        int label = ignored ? 0 : Tables.row(labels, row, classes);
        for (int c = 0; c < classes; c++) {
          double difference = probabilities.get(row * classes + c) - (c == label ? 1 : 0);
          dx.set(row * classes + c, ignored ? 0 : g.get(row) * difference);
        }
      }
    };
  }
}
