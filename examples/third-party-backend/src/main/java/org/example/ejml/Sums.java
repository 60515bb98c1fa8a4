package org.example.ejml;

import dev.volute.graph.MatMul;
import dev.volute.graph.Reduce;
import dev.volute.spi.Kernel;
import dev.volute.spi.Operand;
import dev.volute.spi.Operands;
import java.util.stream.IntStream;
import org.ejml.data.FMatrixRMaj;
import org.ejml.dense.row.CommonOps_FDRM;

/** One element for many. */
final class Sums {
  private Sums() {}

  /** Matrix by matrix of the batch; EJML wants them dense, and from the start of an array. */
  static Kernel product(MatMul op, Operands operands) {
    Operand output = operands.output(0);
    Cursor a = new Cursor(operands.input(0));
    Cursor b = new Cursor(operands.input(1));
    Cursor c = new Cursor(op.beta() == 0 ? output : operands.input(2));
    Cursor y = new Cursor(output);
    FMatrixRMaj left = matrix(operands.input(0));
    FMatrixRMaj right = matrix(operands.input(1));
    FMatrixRMaj result = matrix(output);
    return () -> {
      for (long done = 0; done < y.elements; done += result.getNumElements()) {
        pack(a, left);
        pack(b, right);
        CommonOps_FDRM.mult(left, right, result);
        for (int i = 0; i < result.getNumElements(); i++) {
          double product = op.alpha() * result.data[i];
          y.write(op.beta() == 0 ? product : product + op.beta() * c.read());
        }
      }
    };
  }

  private static FMatrixRMaj matrix(Operand operand) {
    return new FMatrixRMaj(operand.view().shape().dim(-2), operand.view().shape().dim(-1));
  }

  private static void pack(Cursor from, FMatrixRMaj matrix) {
    for (int i = 0; i < matrix.getNumElements(); i++) {
      matrix.data[i] = (float) from.read();
    }
  }

  /** The input's axes are taken in another order: those that go are the innermost. */
  static Kernel reduce(Reduce op, Operands operands) {
    Operand input = operands.input(0);
    IntStream axes = IntStream.range(0, input.view().shape().rank());
    IntStream kept = axes.filter(axis -> !op.axes().contains(axis));
    IntStream reduced = op.axes().stream().mapToInt(axis -> axis);
    Cursor x = new Cursor(input, IntStream.concat(kept, reduced).toArray());
    Cursor y = new Cursor(operands.output(0));
    long terms = x.elements / Math.max(1, y.elements);
    return () -> {
      for (long i = 0; i < y.elements; i++) {
        y.write(fold(op.function(), x, terms));
      }
    };
  }

  private static double fold(Reduce.Function function, Cursor x, long terms) {
    boolean sum = function == Reduce.Function.SUM;
    double result = sum ? 0 : x.read();
    long position = 0;
    for (long i = sum ? 0 : 1; i < terms; i++) {
      double term = x.read();
      double next =
          switch (function) {
            case SUM -> result + term;
            case MIN -> Math.min(result, term);
            case MAX, ARGMAX -> Math.max(result, term);
          };
      // NaN takes the position once, and 0 does not take it from -0.
      position = next != result && !Double.isNaN(result) ? i : position;
      result = next;
    }
    return function == Reduce.Function.ARGMAX ? position : result;
  }
}
