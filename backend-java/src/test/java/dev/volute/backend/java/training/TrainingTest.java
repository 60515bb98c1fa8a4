package dev.volute.backend.java.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.volute.backend.java.Lowered;
import dev.volute.backend.java.OpRunner;
import dev.volute.backend.java.OpRunner.Placed;
import dev.volute.graph.Op;
import dev.volute.graph.composite.AdamUpdate;
import dev.volute.graph.composite.Dropout;
import dev.volute.graph.composite.SgdUpdate;
import dev.volute.graph.composite.Softmax;
import dev.volute.graph.composite.SoftmaxCrossEntropy;
import dev.volute.graph.composite.SoftmaxCrossEntropyGradient;
import dev.volute.graph.composite.SoftmaxGradient;
import dev.volute.spi.BackendException;
import dev.volute.spi.IndexRangeException;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import dev.volute.tensor.View;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingTest {
  private final OpRunner java = OpRunner.java(2);

  private void assertAgrees(double tolerance, Op op, Tensor... inputs) {
    List<Tensor> expected = Lowered.run(op, inputs);
    List<Tensor> actual = java.run(op, inputs);
    for (int output = 0; output < expected.size(); output++) {
      for (int i = 0; i < expected.get(output).length(); i++) {
        double wanted = expected.get(output).get(i);
        assertEquals(
            wanted,
            actual.get(output).get(i),
            tolerance * Math.max(1, Math.abs(wanted)),
            op + ", output " + output + " at " + i);
      }
    }
  }

  private static Tensor scaled(Tensor tensor, float by) {
    for (int i = 0; i < tensor.length(); i++) {
      tensor.floats()[i] *= by;
    }
    return tensor;
  }

  @ParameterizedTest
  @CsvSource({"1,1", "2,3", "7,10", "13,17", "64,65", "3,1000", "1000,31"})
  void softmaxAndItsLoss(int rows, int classes) {
    Tensor x = scaled(OpRunner.random(1, rows, classes), 20);
    Tensor g = OpRunner.random(2, rows, classes);
    Tensor labels = OpRunner.indices(3, classes, rows);
    labels.ints()[rows / 2] = SoftmaxCrossEntropy.IGNORED;
    assertAgrees(2e-6, new Softmax(), x);
    Tensor y = Lowered.run(new Softmax(), x).get(0);
    assertAgrees(1e-6, new SoftmaxGradient(), y, g);
    assertAgrees(2e-6, new SoftmaxCrossEntropy(), x, labels);
    assertAgrees(1e-6, new SoftmaxCrossEntropyGradient(), y, labels, OpRunner.random(4, rows));
  }

  @Test
  void softmaxOverTheLastOfManyAxesAndOfHugeNumbers() {
    assertAgrees(1e-6, new Softmax(), OpRunner.random(1, 3, 5, 7));
    Tensor huge = Tensor.of(Shape.of(1, 4), 3e38f, 3e38f, -3e38f, 0);
    assertArrayEquals(
        new float[] {0.5f, 0.5f, 0, 0}, java.run(new Softmax(), huge).get(0).floats(), 1e-6f);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, -2})
  void labelsOutsideAreToldWithTheirRow(int wrong) {
    Tensor x = OpRunner.random(1, 4, 3);
    Tensor labels = Tensor.of(Shape.of(4), 0, -1, wrong, 7);
    Tensor g = OpRunner.random(2, 4);
    for (Op op : List.of(new SoftmaxCrossEntropy(), new SoftmaxCrossEntropyGradient())) {
      IndexRangeException thrown =
          assertThrows(
              IndexRangeException.class,
              () -> {
                if (op instanceof SoftmaxCrossEntropy) {
                  java.run(op, x, labels);
                } else {
                  java.run(op, x, labels, g);
                }
              });
      assertEquals(
          List.of(2L, (long) wrong, 3L),
          List.of(thrown.position(), (long) thrown.index(), (long) thrown.bound()));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7, 100, 4095, 4096, 4097, 50_001})
  void dropoutKeepsWhatTheRandomNumbersSay(int n) {
    Tensor key = Tensor.of(Shape.of(3), 77, -5, 9);
    for (double rate : new double[] {0, 0.1, 0.5, 0.9}) {
      assertAgrees(1e-6, new Dropout(rate, 3), OpRunner.random(1, n), key);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 17, 31, 64, 65, 100, 50_001})
  void updates(int n) {
    Tensor p = OpRunner.random(1, n);
    Tensor g = OpRunner.random(2, n);
    Tensor m = OpRunner.random(3, n);
    Tensor v = OpRunner.random(4, n);
    for (int i = 0; i < n; i++) {
      v.floats()[i] = Math.abs(v.floats()[i]);
    }
    Tensor rate = Tensor.scalar(0.01f);
    for (double decay : new double[] {0, 0.1}) {
      assertAgrees(1e-6, new SgdUpdate(0, false, decay), p, g, rate);
      for (boolean flag : new boolean[] {false, true}) {
        assertAgrees(1e-6, new SgdUpdate(0.9, flag, decay), p, g, m, rate);
        for (float step : new float[] {1, 10, 1000}) {
          assertAgrees(
              1e-6,
              new AdamUpdate(0.9, 0.999, 1e-8, decay, flag),
              p,
              g,
              m,
              v,
              rate,
              Tensor.scalar(step));
        }
      }
    }
  }

  @Test
  void compositesRefuseOperandsThatAreNotDense() {
    Placed x = new Placed(OpRunner.random(1, 12), View.of(Shape.of(3, 2), 0, 4, 2));
    assertThrows(BackendException.class, () -> java.runPlaced(new Softmax(), List.of(x)));
  }

  @Test
  void denseOperandsMayStartAnywhere() {
    Tensor x = OpRunner.random(1, 12);
    Placed later = new Placed(x, View.dense(Shape.of(3, 3), 2));
    assertEquals(
        java.run(new Softmax(), slice(x, 2, 9).reshape(Shape.of(3, 3))),
        java.runPlaced(new Softmax(), List.of(later)));
  }

  private static Tensor slice(Tensor tensor, int from, int count) {
    return tensor.reshape(Shape.of(tensor.length())).rows(from, from + count);
  }

  @Test
  void threadsDoNotChangeABit() {
    Tensor x = OpRunner.random(9, 300, 301);
    Tensor key = Tensor.of(Shape.of(3), 1, 2, 3);
    for (int threads = 2; threads <= 3; threads++) {
      OpRunner many = OpRunner.java(threads);
      assertEquals(OpRunner.java(1).run(new Softmax(), x), many.run(new Softmax(), x));
      Op dropout = new Dropout(0.5, 1);
      assertEquals(OpRunner.java(1).run(dropout, x, key), many.run(dropout, x, key));
    }
  }
}
