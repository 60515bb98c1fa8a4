package dev.volute.backend.java.dense;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.volute.backend.java.OpRunner;
import dev.volute.backend.java.OpRunner.Placed;
import dev.volute.graph.MatMul;
import dev.volute.graph.composite.Activation;
import dev.volute.graph.composite.Linear;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import dev.volute.tensor.View;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class MatMulTest {
  private static final int BATCH = 3;

  /** The ways in which matrices lie in a tensor of {@code BATCH * rows * columns} or more. */
  private static List<View> views(int rows, int columns) {
    Shape shape = Shape.of(BATCH, rows, columns);
    int size = rows * columns;
    int end = BATCH * size - 1;
    List<View> views = new ArrayList<>();
    views.add(View.dense(shape, 0));
    views.add(View.of(shape, 0, size, 1, rows));
    // Rows of all matrices behind one another, as if the batch were the second axis.
    views.add(View.of(shape, 0, columns, (long) BATCH * columns, 1));
    views.add(View.of(shape, 0, 1, (long) BATCH * columns, BATCH));
    views.add(View.of(shape, end, -size, -columns, -1));
    return views;
  }

  private static double get(Tensor storage, View view, int batch, int row, int column) {
    return storage.get(
        (int)
            (view.offset()
                + batch * view.stride(0)
                + row * view.stride(1)
                + column * view.stride(2)));
  }

  private static void check(MatMul op, Placed a, Placed b, Placed c, Placed y) {
    List<Placed> inputs = op.beta() == 0 ? List.of(a, b) : List.of(a, b, c);
    Tensor result = OpRunner.java(2).runInto(op, inputs, y);
    Shape shape = y.view().shape();
    int depth = a.view().shape().dim(-1);
    for (int n = 0; n < shape.dim(0); n++) {
      for (int i = 0; i < shape.dim(1); i++) {
        for (int j = 0; j < shape.dim(2); j++) {
          double sum = 0;
          for (int l = 0; l < depth; l++) {
            sum += get(a.storage(), a.view(), n, i, l) * get(b.storage(), b.view(), n, l, j);
          }
          double expected = op.alpha() * sum;
          if (op.beta() != 0) {
            expected += op.beta() * get(c.storage(), c.view(), n, i, j);
          }
          assertEquals(
              expected,
              get(result, y.view(), n, i, j),
              1e-6 * (depth + 4),
              op + " of " + a.view() + " and " + b.view() + " to " + y.view());
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1,1,1", "2,3,1", "1,17,7", "7,13,3", "17,1,31", "65,31,2", "13,64,17"})
  void takesAnyViews(int m, int n, int k) {
    Tensor a = OpRunner.random(1, BATCH, m, k);
    Tensor b = OpRunner.random(2, BATCH, k, n);
    Tensor c = OpRunner.random(3, BATCH, m, n);
    Tensor dirt = Tensor.zeros(c.type());
    Arrays.fill(dirt.floats(), Float.NaN);
    for (View ofA : views(m, k)) {
      for (View ofB : views(k, n)) {
        for (View ofY : views(m, n)) {
          Placed result = new Placed(dirt, ofY);
          Placed first = new Placed(a, ofA);
          Placed second = new Placed(b, ofB);
          check(new MatMul(1, 0), first, second, result, result);
          check(new MatMul(-0.5, 2), first, second, Placed.dense(c), result);
        }
      }
    }
  }

  @Test
  void oneMatrixServesAWholeBatch() {
    Tensor a = OpRunner.random(1, BATCH, 7, 5);
    Tensor b = OpRunner.random(2, 5, 17);
    View repeated = View.of(Shape.of(BATCH, 5, 17), 0, 0, 17, 1);
    Tensor c = Tensor.zeros(OpRunner.random(3, BATCH, 7, 17).type());
    Placed result = Placed.dense(c);
    check(new MatMul(1, 0), Placed.dense(a), new Placed(b, repeated), result, result);
    View sameRow = View.of(Shape.of(BATCH, 5, 17), 0, 0, 0, 1);
    check(new MatMul(1, 0), Placed.dense(a), new Placed(b, sameRow), result, result);
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  void linearAddsTheBiasAndApplies(Activation activation) {
    Tensor x = OpRunner.random(1, 13, 100);
    Tensor w = OpRunner.random(2, 100, 65);
    Tensor b = OpRunner.random(3, 65);
    Tensor biased = OpRunner.java(2).run(new Linear(activation, true), x, w, b).get(0);
    Tensor bare = OpRunner.java(2).run(new Linear(activation, false), x, w).get(0);
    for (int i = 0; i < 13; i++) {
      for (int j = 0; j < 65; j++) {
        double sum = 0;
        for (int l = 0; l < 100; l++) {
          sum += x.get(i * 100 + l) * w.get(l * 65 + j);
        }
        assertEquals(of(activation, sum), bare.get(i * 65 + j), 1e-4);
        assertEquals(of(activation, sum + b.get(j)), biased.get(i * 65 + j), 1e-4);
      }
    }
  }

  private static double of(Activation activation, double x) {
    return switch (activation) {
      case IDENTITY -> x;
      case RELU -> Math.max(0, x);
      case RELU6 -> Math.min(Math.max(0, x), 6);
      case TANH -> Math.tanh(x);
      case SIGMOID -> 1 / (1 + Math.exp(-x));
    };
  }
}
