package dev.volute.backend.java.primitive;

import dev.volute.backend.java.kernel.JavaMemory;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.graph.Reduce;
import dev.volute.spi.Kernel;
import dev.volute.spi.Operand;
import dev.volute.spi.Operands;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.View;
import java.util.List;
import java.util.stream.IntStream;

/** Kernels that make one element of many. */
final class Reductions {
  /** From this many on, results are made together. */
  private static final int MANY = 8;

  /** Up to this many, elements are few to make a result of alone. */
  private static final int FEW = 16;

  private Reductions() {}

  static Kernel reduce(Reduce op, Operands operands, Machine machine) {
    Operand y = operands.output(0);
    Operand x = operands.input(0);
    int rank = x.view().shape().rank();
    List<Integer> keptAxes =
        IntStream.range(0, rank).filter(axis -> !op.axes().contains(axis)).boxed().toList();
    View kept = along(x.view(), keptAxes, x.view().offset());
    View reduced = along(x.view(), op.axes(), 0);
    Walk over = Walk.anyOrder(reduced);
    long members = reduced.shape().elements();
    Walk walk = Walk.anyOrder(y.view(), kept).times(Math.max(1, members));
    return new WalkKernel(machine.workers(), walk, block(op.function(), y, x, walk, over, machine));
  }

  private static Walk.Block block(
      Reduce.Function function, Operand y, Operand x, Walk walk, Walk over, Machine machine) {
    if (function == Reduce.Function.ARGMAX) {
      int[] places = JavaMemory.of(y).ints();
      return x.memory().dtype() == DType.F32
          ? argmax(places, JavaMemory.of(x).floats(), walk, over)
          : argmax(places, Numbers.of(x), walk, over);
    }
    if (x.memory().dtype() != DType.F32) {
      return any(function, Numbers.of(y), Numbers.of(x), walk, over);
    }
    FloatFold fold = FloatFold.of(function, machine.simd());
    float[] to = JavaMemory.of(y).floats();
    float[] from = JavaMemory.of(x).floats();
    return together(walk, over)
        ? new ColumnFolds(fold, to, from, walk, over, machine.workers().workspace())
        : new RowFolds(fold, to, from, walk, over, machine.workers().workspace());
  }

  /**
   * True if the elements of neighbouring results are better folded side by side than each alone.
   */
  private static boolean together(Walk walk, Walk over) {
    boolean sideBySide = walk.columnStride(1) == 1 && walk.columns() >= MANY;
    long results = (long) walk.rows() * walk.columns();
    long members = (long) over.planes() * over.rows() * over.columns();
    return sideBySide || members <= FEW && results >= MANY;
  }

  private static View along(View view, List<Integer> axes, long offset) {
    return View.of(
        Shape.of(axes.stream().mapToInt(view.shape()::dim).toArray()),
        offset,
        axes.stream().mapToLong(view::stride).toArray());
  }

  private static Walk.Block any(
      Reduce.Function function, Numbers y, Numbers x, Walk walk, Walk over) {
    Steps to = Steps.of(walk, 0);
    Steps from = Steps.of(walk, 1);
    Steps along = Steps.of(over, 0);
    double neutral = neutral(function);
    return (rows, columns, yAt, xAt, unused2, unused3) -> {
      for (int row = 0; row < rows; row++) {
        for (int i = 0; i < columns; i++) {
          int first = xAt + row * from.row() + i * from.column();
          double total = neutral;
          for (int plane = 0; plane < over.planes(); plane++) {
            int start = first + over.planeAt(0, plane);
            for (int r = 0; r < over.rows(); r++) {
              for (int c = 0; c < over.columns(); c++) {
                double next = x.get(start + r * along.row() + c * along.column());
                total =
                    switch (function) {
                      case SUM -> total + next;
                      case MAX, ARGMAX -> Math.max(total, next);
                      case MIN -> Math.min(total, next);
                    };
              }
            }
          }
          y.set(yAt + row * to.row() + i * to.column(), 0);
          y.add(yAt + row * to.row() + i * to.column(), total);
        }
      }
    };
  }

  private static double neutral(Reduce.Function function) {
    return switch (function) {
      case SUM -> 0;
      case MAX, ARGMAX -> Double.NEGATIVE_INFINITY;
      case MIN -> Double.POSITIVE_INFINITY;
    };
  }

  private static Walk.Block argmax(int[] y, float[] x, Walk walk, Walk over) {
    Steps to = Steps.of(walk, 0);
    Steps from = Steps.of(walk, 1);
    int step = over.columnStride(0);
    int count = over.columns();
    return (rows, columns, yAt, xAt, unused2, unused3) -> {
      for (int row = 0; row < rows; row++) {
        for (int i = 0; i < columns; i++) {
          int first = xAt + row * from.row() + i * from.column();
          int best = 0;
          float most = x[first];
          for (int c = 1; c < count && !Float.isNaN(most); c++) {
            float next = x[first + c * step];
            if (!(next <= most)) {
              best = c;
              most = next;
            }
          }
          y[yAt + row * to.row() + i * to.column()] = best;
        }
      }
    };
  }

  private static Walk.Block argmax(int[] y, Numbers x, Walk walk, Walk over) {
    Steps to = Steps.of(walk, 0);
    Steps from = Steps.of(walk, 1);
    int step = over.columnStride(0);
    int count = over.columns();
    return (rows, columns, yAt, xAt, unused2, unused3) -> {
      for (int row = 0; row < rows; row++) {
        for (int i = 0; i < columns; i++) {
          int first = xAt + row * from.row() + i * from.column();
          int best = 0;
          double most = x.get(first);
          // Nothing is greater than a NaN, and every comparison with one is false.
          for (int c = 1; c < count && !Double.isNaN(most); c++) {
            double next = x.get(first + c * step);
            if (!(next <= most)) {
              best = c;
              most = next;
            }
          }
          y[yAt + row * to.row() + i * to.column()] = best;
        }
      }
    };
  }
}
