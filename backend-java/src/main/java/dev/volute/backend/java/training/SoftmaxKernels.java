package dev.volute.backend.java.training;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Ints;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.kernel.Shares;
import dev.volute.backend.java.simd.FloatReductions;
import dev.volute.backend.java.simd.RowFunctions;
import dev.volute.graph.composite.SoftmaxCrossEntropy;
import dev.volute.spi.IndexRangeException;
import dev.volute.spi.Kernel;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operands;
import dev.volute.tensor.Shape;
import java.util.Arrays;

/** Softmax over rows, cross-entropy, and their gradients. */
final class SoftmaxKernels {
  private SoftmaxKernels() {}

  static Kernel softmax(OpCall call, Operands operands, Machine machine) {
    Floats x = Floats.of(operands.input(0));
    Floats y = Floats.of(operands.output(0));
    Rows rows = Rows.of(call, machine);
    return rows.kernel(
        row -> {
          int at = row * rows.classes();
          rows.powers(x, y, at, rows.largest(x, at));
        });
  }

  static Kernel softmaxGradient(OpCall call, Operands operands, Machine machine) {
    Floats y = Floats.of(operands.input(0));
    Floats g = Floats.of(operands.input(1));
    Floats dx = Floats.of(operands.output(0));
    Rows rows = Rows.of(call, machine);
    int n = rows.classes();
    RowFunctions functions = machine.simd().rows();
    return rows.kernel(
        row -> {
          int yAt = y.offset() + row * n;
          int gAt = g.offset() + row * n;
          float mean = functions.centredDot(n, y.array(), yAt, 0, g.array(), gAt, 0);
          functions.shiftedProduct(
              n, dx.array(), dx.offset() + row * n, y.array(), yAt, g.array(), gAt, mean);
        });
  }

  static Kernel crossEntropy(OpCall call, Operands operands, Machine machine) {
    Floats x = Floats.of(operands.input(0));
    Ints labels = Ints.of(operands.input(1));
    Floats loss = Floats.of(operands.output(0));
    Floats y = Floats.of(operands.output(1));
    Rows rows = Rows.of(call, machine);
    Kernel kernel =
        rows.kernel(
            row -> {
              int at = row * rows.classes();
              int label = labels.array()[labels.offset() + row];
              boolean counts = label != SoftmaxCrossEntropy.IGNORED;
              float chosen = counts ? x.array()[x.offset() + at + label] : 0;
              float top = rows.largest(x, at);
              double sum = rows.powers(x, y, at, top);
              loss.array()[loss.offset() + row] =
                  counts ? (float) (Math.log(sum) + top - chosen) : 0;
            });
    return () -> {
      rows.check(labels);
      kernel.run();
    };
  }

  static Kernel crossEntropyGradient(OpCall call, Operands operands, Machine machine) {
    Floats y = Floats.of(operands.input(0));
    Ints labels = Ints.of(operands.input(1));
    Floats g = Floats.of(operands.input(2));
    Floats dx = Floats.of(operands.output(0));
    Rows rows = Rows.of(call, machine);
    int n = rows.classes();
    Kernel kernel =
        rows.kernel(
            row -> {
              int label = labels.array()[labels.offset() + row];
              int to = dx.offset() + row * n;
              if (label == SoftmaxCrossEntropy.IGNORED) {
                Arrays.fill(dx.array(), to, to + n, 0);
                return;
              }
              float factor = g.array()[g.offset() + row];
              int from = y.offset() + row * n;
              float chosen = y.array()[from + label];
              rows.functions().affine(n, dx.array(), to, y.array(), from, factor, 0);
              dx.array()[to + label] = (chosen - 1) * factor;
            });
    return () -> {
      rows.check(labels);
      kernel.run();
    };
  }

  private interface Row {
    void run(int row);
  }

  /** The rows of a call, each of so many classes. */
  private record Rows(int count, int classes, Machine machine) {
    static Rows of(OpCall call, Machine machine) {
      Shape shape = call.input(0).shape();
      int classes = shape.dim(-1);
      return new Rows(Math.toIntExact(shape.elements() / classes), classes, machine);
    }

    RowFunctions functions() {
      return machine.simd().rows();
    }

    Kernel kernel(Row row) {
      return Shares.kernel(
          machine.workers(),
          count,
          4L * classes,
          (from, to) -> {
            for (int i = from; i < to; i++) {
              row.run(i);
            }
          });
    }

    float largest(Floats x, int at) {
      FloatReductions reductions = machine.simd().reductions();
      return reductions.max(classes, x.array(), x.offset() + at);
    }

    /** Probabilities of one row; returns the sum of the powers they are the shares of. */
    float powers(Floats x, Floats y, int at, float top) {
      int to = y.offset() + at;
      float sum = functions().exponentials(classes, y.array(), to, x.array(), x.offset() + at, top);
      functions().affine(classes, y.array(), to, y.array(), to, 1 / sum, 0);
      return sum;
    }

    void check(Ints labels) {
      for (int row = 0; row < count; row++) {
        int label = labels.array()[labels.offset() + row];
        if (label != SoftmaxCrossEntropy.IGNORED && (label < 0 || label >= classes)) {
          throw new IndexRangeException(row, label, classes);
        }
      }
    }
  }
}
