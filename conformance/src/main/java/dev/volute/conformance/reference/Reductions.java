package dev.volute.conformance.reference;

import dev.volute.graph.MatMul;
import dev.volute.graph.Reduce;
import dev.volute.graph.composite.Linear;
import dev.volute.spi.Kernel;
import dev.volute.tensor.Shape;
import dev.volute.tensor.View;
import java.util.function.IntToDoubleFunction;

/** Kernels that make one element of many. */
final class Reductions {
  private Reductions() {}

  static Kernel reduce(Reduce op, Elements x, Elements y) {
    int[][] members = members(op, x.shape(), y.size());
    return () -> {
      for (int i = 0; i < y.size(); i++) {
        switch (op.function()) {
          case SUM -> {
            y.set(i, 0);
            for (int member : members[i]) {
              y.add(i, x.get(member));
            }
          }
          case MAX -> {
            double best = x.get(members[i][0]);
            for (int member : members[i]) {
              best = Math.max(best, x.get(member));
            }
            y.set(i, best);
          }
          case MIN -> {
            double best = x.get(members[i][0]);
            for (int member : members[i]) {
              best = Math.min(best, x.get(member));
            }
            y.set(i, best);
          }
          case ARGMAX -> {
            int best = 0;
            for (int place = 1; place < members[i].length; place++) {
              if (greater(x.get(members[i][place]), x.get(members[i][best]))) {
                best = place;
              }
            }
            y.set(i, best);
          }
        }
      }
    };
  }

  /** True if {@code a} comes before {@code b} in the choice of the largest: NaN is the largest. */
  static boolean greater(double a, double b) {
    return a > b || (Double.isNaN(a) && !Double.isNaN(b));
  }

  /** For each output element the input elements that it is made of, in row-major order. */
  private static int[][] members(Reduce op, Shape input, int outputs) {
    long[] strides = new long[input.rank()];
    long stride = 1;
    for (int axis = input.rank() - 1; axis >= 0; axis--) {
      if (!op.axes().contains(axis)) {
        strides[axis] = stride;
        stride *= input.dim(axis);
      }
    }
    int[] target = ViewPlaces.of(View.of(input, 0, strides));
    int[][] members = new int[outputs][outputs == 0 ? 0 : target.length / outputs];
    int[] filled = new int[outputs];
    for (int i = 0; i < target.length; i++) {
      members[target[i]][filled[target[i]]++] = i;
    }
    return members;
  }

  /** The product without {@code c} leaves the output's old contents unread. */
  static Kernel matMul(MatMul op, Elements a, Elements b, Elements y) {
    return product(op, a, b, y, i -> 0);
  }

  static Kernel matMul(MatMul op, Elements a, Elements b, Elements c, Elements y) {
    return product(op, a, b, y, i -> op.beta() * c.get(i));
  }

  private interface Addend {
    double get(int i);
  }

  private static Kernel product(MatMul op, Elements a, Elements b, Elements y, Addend addend) {
    int m = a.shape().dim(-2);
    int k = a.shape().dim(-1);
    int n = b.shape().dim(-1);
    int batch = m * n == 0 ? 0 : y.size() / (m * n);
    return () -> {
      for (int p = 0; p < batch; p++) {
        for (int i = 0; i < m; i++) {
          for (int j = 0; j < n; j++) {
            double sum = 0;
            for (int l = 0; l < k; l++) {
              sum += a.get((p * m + i) * k + l) * b.get((p * k + l) * n + j);
            }
            int place = (p * m + i) * n + j;
            y.set(place, op.alpha() * sum + addend.get(place));
          }
        }
      }
    };
  }

  /** {@code activation(x @ w + b)}. */
  static Kernel linear(Linear op, Elements x, Elements w, IntToDoubleFunction bias, Elements y) {
    int in = w.shape().dim(0);
    int out = w.shape().dim(1);
    return () -> {
      for (int i = 0; i < y.size(); i++) {
        double sum = bias.applyAsDouble(i % out);
        for (int l = 0; l < in; l++) {
          sum += x.get(i / out * in + l) * w.get(l * out + i % out);
        }
        y.set(i, Elementwise.activation(op.activation(), sum));
      }
    };
  }
}
