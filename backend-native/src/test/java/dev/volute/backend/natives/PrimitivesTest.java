package dev.volute.backend.natives;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.volute.graph.Binary;
import dev.volute.graph.Copy;
import dev.volute.graph.Gather;
import dev.volute.graph.MatMul;
import dev.volute.graph.RandomUniform;
import dev.volute.graph.Reduce;
import dev.volute.graph.ScatterAdd;
import dev.volute.graph.Select;
import dev.volute.graph.Unary;
import dev.volute.random.Philox;
import dev.volute.spi.IndexRangeException;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import dev.volute.tensor.View;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrimitivesTest {
  private final OpRunner runner = OpRunner.best();

  private static DoubleUnaryOperator oracle(Unary.Function function) {
    return switch (function) {
      case NEGATE -> x -> -x;
      case ABS -> Math::abs;
      case SIGN -> Math::signum;
      case SQRT -> Math::sqrt;
      case EXP -> Math::exp;
      case LOG -> Math::log;
      case TANH -> Math::tanh;
      case SIGMOID -> x -> 1 / (1 + Math.exp(-x));
      case RELU -> x -> x < 0 ? 0 : x;
    };
  }

  private static DoubleBinaryOperator oracle(Binary.Function function) {
    return switch (function) {
      case ADD -> Double::sum;
      case SUBTRACT -> (a, b) -> a - b;
      case MULTIPLY -> (a, b) -> a * b;
      case DIVIDE -> (a, b) -> a / b;
      case MAXIMUM -> Math::max;
      case MINIMUM -> Math::min;
      case POWER -> Math::pow;
      case EQUAL -> (a, b) -> a == b ? 1 : 0;
      case LESS -> (a, b) -> a < b ? 1 : 0;
      case LESS_EQUAL -> (a, b) -> a <= b ? 1 : 0;
      case RELU_GRADIENT -> (y, g) -> y > 0 ? g : 0;
      case TANH_GRADIENT -> (y, g) -> g * (1 - y * y);
      case SIGMOID_GRADIENT -> (y, g) -> g * y * (1 - y);
    };
  }

  /** Functions that take arithmetic; the others choose, or change a sign. */
  private static final Set<Unary.Function> SERIES =
      EnumSet.of(Unary.Function.EXP, Unary.Function.TANH, Unary.Function.SIGMOID);

  private static void assertClose(double expected, double actual, double scale, String what) {
    if (Double.isNaN(expected) || Double.isInfinite(expected)) {
      assertEquals((float) expected, (float) actual, what);
    } else {
      assertEquals(expected, actual, 2e-6 * scale + 1e-6 * Math.abs(expected) + 1e-42, what);
    }
  }

  @ParameterizedTest
  @EnumSource
  void unaryFunctionsOnAnyLength(Unary.Function function) {
    for (int n : new int[] {1, 2, 3, 7, 13, 17, 31, 64, 65, 100, 127, 70_001}) {
      Tensor x = OpRunner.random(n, n);
      for (int i = 0; i < n; i++) {
        x.floats()[i] *= 6;
      }
      Tensor y = runner.run(new Unary(function), x).get(0);
      for (int i = 0; i < n; i++) {
        double expected = oracle(function).applyAsDouble(x.get(i));
        assertClose(expected, y.get(i), 1, function + " of " + x.get(i));
      }
    }
  }

  /** Results of arithmetic below the smallest normal number are 0. */
  private static double flushed(double exact) {
    return Math.abs(exact) < Float.MIN_NORMAL ? 0 : exact;
  }

  @ParameterizedTest
  @EnumSource
  void unaryFunctionsOfTheUnusual(Unary.Function function) {
    float[] values = {
      Float.NaN,
      Float.POSITIVE_INFINITY,
      Float.NEGATIVE_INFINITY,
      0,
      -0f,
      1e-40f,
      Float.MIN_VALUE,
      3e38f,
      -3e38f,
      88.5f,
      -87.5f,
      1
    };
    Tensor y = runner.run(new Unary(function), Tensor.of(Shape.of(12), values)).get(0);
    for (int i = 0; i < values.length; i++) {
      double exact = (float) oracle(function).applyAsDouble(values[i]);
      double expected = SERIES.contains(function) ? flushed(exact) : exact;
      assertClose(expected, y.get(i), Math.abs(expected), function + " of " + values[i]);
    }
  }

  @ParameterizedTest
  @EnumSource
  void binaryFunctionsOnTransposedAndBroadcastViews(Binary.Function function) {
    Tensor a = OpRunner.random(1, 13, 31);
    Tensor b = OpRunner.random(2, 31);
    if (function == Binary.Function.POWER) {
      for (int i = 0; i < a.length(); i++) {
        a.floats()[i] = Math.abs(a.floats()[i]) + 0.1f;
      }
    }
    View flipped = View.of(Shape.of(31, 13), 12 * 31, 1, -31);
    View repeated = View.of(Shape.of(31, 13), 0, 1, 0);
    Tensor y =
        runner.runViews(new Binary(function), List.of(a, b), List.of(flipped, repeated)).get(0);
    for (int i = 0; i < 31; i++) {
      for (int j = 0; j < 13; j++) {
        double expected = oracle(function).applyAsDouble(a.get((12 - j) * 31 + i), b.get(i));
        assertClose(expected, y.get(i * 13 + j), 1, function + " at " + i + ", " + j);
      }
    }
  }

  @Test
  void maximumAndMinimumKeepNaN() {
    Tensor a = Tensor.of(Shape.of(3), Float.NaN, 1, 2);
    Tensor b = Tensor.of(Shape.of(3), 1, Float.NaN, 3);
    for (Binary.Function each : List.of(Binary.Function.MAXIMUM, Binary.Function.MINIMUM)) {
      Tensor y = runner.run(new Binary(each), a, b).get(0);
      assertEquals(Float.NaN, y.floats()[0]);
      assertEquals(Float.NaN, y.floats()[1]);
    }
  }

  @Test
  void castsTruncate() {
    Tensor x = Tensor.of(Shape.of(5), 1.9f, -1.9f, 3e9f, Float.NaN, -3e9f);
    Tensor y = runner.run(new Copy(DType.I32), x).get(0);
    assertArrayEquals(new int[] {1, -1, Integer.MAX_VALUE, 0, Integer.MIN_VALUE}, y.ints());
  }

  @Test
  void selectTakesOneOrTheOther() {
    Tensor c = Tensor.of(Shape.of(3), 1f, 0f, -2f);
    Tensor y =
        runner
            .run(
                new Select(), c, Tensor.of(Shape.of(3), 1f, 2, 3), Tensor.of(Shape.of(3), 4f, 5, 6))
            .get(0);
    assertArrayEquals(new float[] {1, 5, 3}, y.floats());
  }

  @ParameterizedTest
  @CsvSource({"0", "1", "2", "01", "02", "12", "012"})
  void sumsOverAnyAxes(String axes) {
    List<Integer> list = axes.chars().mapToObj(c -> c - '0').toList();
    int[] lengths = {7, 31, 17};
    Tensor x = OpRunner.random(3, lengths);
    Tensor y = runner.run(new Reduce(Reduce.Function.SUM, list), x).get(0);
    double[] expected = new double[y.length()];
    for (int i = 0; i < 7; i++) {
      for (int j = 0; j < 31; j++) {
        for (int k = 0; k < 17; k++) {
          int at = 0;
          int[] index = {i, j, k};
          for (int axis = 0; axis < 3; axis++) {
            at = list.contains(axis) ? at : at * lengths[axis] + index[axis];
          }
          expected[at] += x.get((i * 31 + j) * 17 + k);
        }
      }
    }
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], y.get(i), 1e-5, "axes " + axes + " at " + i);
    }
  }

  @Test
  void extremesAndTheirPlaces() {
    Tensor x = Tensor.of(Shape.of(2, 4), 1f, 5, 5, 2, -3, Float.NaN, 7, Float.NaN);
    assertArrayEquals(
        new float[] {5, Float.NaN},
        runner.run(new Reduce(Reduce.Function.MAX, List.of(1)), x).get(0).floats());
    assertArrayEquals(
        new float[] {1, Float.NaN},
        runner.run(new Reduce(Reduce.Function.MIN, List.of(1)), x).get(0).floats());
    assertArrayEquals(
        new int[] {1, 1},
        runner.run(new Reduce(Reduce.Function.ARGMAX, List.of(1)), x).get(0).ints());
    assertArrayEquals(
        new int[] {0, 1, 1, 1},
        runner.run(new Reduce(Reduce.Function.ARGMAX, List.of(0)), x).get(0).ints());
  }

  @ParameterizedTest
  @CsvSource({
    "1,1,1",
    "1,64,17",
    "3,7,2",
    "13,17,31",
    "8,8,8",
    "31,65,100",
    "64,127,65",
    "127,100,300",
    "200,500,13",
    "1,1000,256",
    "100,1,7",
    "5,3,0"
  })
  void productsOfAnySizeAndTransposition(int m, int n, int k) {
    for (int transposed = 0; transposed < 4; transposed++) {
      boolean ta = (transposed & 1) != 0;
      boolean tb = (transposed & 2) != 0;
      Tensor a = OpRunner.random(4, m * k);
      Tensor b = OpRunner.random(5, k * n);
      Tensor c = OpRunner.random(6, m, n);
      View va = ta ? View.of(Shape.of(m, k), 0, 1, m) : View.dense(Shape.of(m, k), 0);
      View vb = tb ? View.of(Shape.of(k, n), 0, 1, k) : View.dense(Shape.of(k, n), 0);
      View vc = View.dense(Shape.of(m, n), 0);
      Tensor y = runner.runViews(new MatMul(0.5, 2), List.of(a, b, c), List.of(va, vb, vc)).get(0);
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
          double sum = 0;
          for (int p = 0; p < k; p++) {
            sum += a.get(ta ? p * m + i : i * k + p) * b.get(tb ? j * k + p : p * n + j);
          }
          assertEquals(
              0.5 * sum + 2 * c.get(i * n + j),
              y.get(i * n + j),
              1e-5 + 1e-6 * k,
              "at " + i + ", " + j);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"baseline", "avx2", "avx512"})
  void everyInstructionSetMultipliesAndActivates(String level) {
    OpRunner forced = new OpRunner(level, 1);
    Tensor a = OpRunner.random(7, 65, 31);
    Tensor b = OpRunner.random(8, 31, 100);
    Tensor y = forced.run(new MatMul(1, 0), a, b).get(0);
    Tensor t = forced.run(new Unary(Unary.Function.TANH), y).get(0);
    for (int i = 0; i < 65; i++) {
      for (int j = 0; j < 100; j++) {
        double sum = 0;
        for (int p = 0; p < 31; p++) {
          sum += a.get(i * 31 + p) * b.get(p * 100 + j);
        }
        assertEquals(sum, y.get(i * 100 + j), 1e-5);
        assertEquals(Math.tanh(sum), t.get(i * 100 + j), 1e-5);
      }
    }
  }

  @Test
  void openBlasMultipliesWhereAskedFor() {
    System.setProperty(NativeBackendProvider.OPENBLAS_PROPERTY, "true");
    try {
      Tensor a = OpRunner.random(20, 130, 100);
      Tensor b = OpRunner.random(21, 100, 65);
      Tensor single = runner.run(new MatMul(0.5, 0), a, b).get(0);
      Tensor twice = runner.run(new MatMul(0.5, 0), a.cast(DType.F64), b.cast(DType.F64)).get(0);
      for (int i = 0; i < 130; i++) {
        for (int j = 0; j < 65; j++) {
          double sum = 0;
          for (int p = 0; p < 100; p++) {
            sum += a.get(i * 100 + p) * b.get(p * 65 + j);
          }
          assertEquals(0.5 * sum, single.get(i * 65 + j), 1e-5);
          assertEquals(0.5 * sum, twice.get(i * 65 + j), 1e-12);
        }
      }
    } finally {
      System.clearProperty(NativeBackendProvider.OPENBLAS_PROPERTY);
    }
  }

  @Test
  void threadsDoNotChangeABit() {
    Tensor a = OpRunner.random(9, 200, 300);
    Tensor b = OpRunner.random(10, 300, 257);
    Tensor one = new OpRunner("", 1).run(new MatMul(1, 0), a, b).get(0);
    for (int threads = 2; threads <= 3; threads++) {
      assertEquals(one, new OpRunner("", threads).run(new MatMul(1, 0), a, b).get(0));
    }
  }

  @Test
  void gathersAndScattersRows() {
    Tensor table = OpRunner.random(11, 5, 3);
    Tensor indices = Tensor.of(Shape.of(2, 2), 4, 0, 4, 1);
    Tensor rows = runner.run(new Gather(), table, indices).get(0);
    for (int i = 0; i < 4; i++) {
      for (int j = 0; j < 3; j++) {
        assertEquals(table.get(indices.ints()[i] * 3 + j), rows.get(i * 3 + j));
      }
    }
    Tensor sums = runner.run(new ScatterAdd(5), indices, rows).get(0);
    assertEquals(2 * table.get(12), sums.get(12), 1e-6);
    assertEquals(0, sums.get(2 * 3));
  }

  @Test
  void indicesOutsideAreToldWithTheirPlace() {
    Tensor table = OpRunner.random(12, 5, 3);
    IndexRangeException thrown =
        assertThrows(
            IndexRangeException.class,
            () -> runner.run(new Gather(), table, Tensor.of(Shape.of(3), 0, 5, -1)));
    assertEquals(1, thrown.position());
    assertEquals(5, thrown.index());
    assertEquals(5, thrown.bound());
  }

  @Test
  void uniformNumbersAreThoseOfPhilox() {
    Tensor key = Tensor.of(Shape.of(3), 77, -5, 9);
    Tensor u = runner.run(new RandomUniform(Shape.of(1001), 3), key).get(0);
    Philox philox = new Philox((77L & 0xFFFFFFFFL) | (-5L << 32), 3, 9);
    for (int i = 0; i < u.length(); i++) {
      assertEquals(philox.uniform(i), u.floats()[i], "element " + i);
    }
  }
}
