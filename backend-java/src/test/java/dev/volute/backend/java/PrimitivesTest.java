package dev.volute.backend.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.volute.backend.java.OpRunner.Placed;
import dev.volute.graph.Accumulate;
import dev.volute.graph.Binary;
import dev.volute.graph.Copy;
import dev.volute.graph.Fill;
import dev.volute.graph.Gather;
import dev.volute.graph.MatMul;
import dev.volute.graph.Op;
import dev.volute.graph.RandomUniform;
import dev.volute.graph.Reduce;
import dev.volute.graph.ScatterAdd;
import dev.volute.graph.Select;
import dev.volute.graph.Unary;
import dev.volute.spi.IndexRangeException;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import dev.volute.tensor.TensorType;
import dev.volute.tensor.View;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every primitive against the reference, over views of all kinds. */
class PrimitivesTest {
  private static final int[] AWKWARD = {1, 2, 3, 7, 13, 17, 31, 64, 65, 100};

  private static final float[] UNUSUAL = {
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
    1,
    -1
  };

  private final OpRunner java = OpRunner.java(2);

  /**
   * Both backends write into copies of the target, of which nothing outside the view may change.
   */
  private void assertAgrees(Op op, List<Placed> inputs, Placed target, double scale, String what) {
    Tensor expected = OpRunner.reference().runInto(op, inputs, target);
    Tensor actual = java.runInto(op, inputs, target);
    for (int i = 0; i < expected.length(); i++) {
      assertClose(expected.get(i), actual.get(i), scale, op + " at " + i + ", " + what);
    }
  }

  private static void assertClose(double expected, double actual, double scale, String what) {
    if (Double.isNaN(expected) || Double.isInfinite(expected)) {
      assertEquals(expected, actual, what);
    } else {
      assertEquals(expected, actual, 1e-6 * scale + 1e-6 * Math.abs(expected) + 2e-45, what);
    }
  }

  /** A tensor of this shape without overlaps: axes in any order, some backwards, with gaps. */
  private static Placed scattered(Random random, int... lengths) {
    int rank = lengths.length;
    long[] strides = new long[rank];
    long offset = random.nextInt(4);
    long span = random.nextInt(3) == 0 ? 2 : 1;
    List<Integer> order = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
    Collections.shuffle(order, random);
    if (random.nextBoolean()) {
      order.sort(Collections.reverseOrder());
    }
    for (int axis : order) {
      boolean backwards = random.nextInt(4) == 0;
      strides[axis] = backwards ? -span : span;
      offset += backwards ? span * (lengths[axis] - 1) : 0;
      span *= lengths[axis] + random.nextInt(2);
    }
    Tensor storage = OpRunner.random(random.nextInt(), (int) (offset + span) + 3);
    return new Placed(storage, View.of(Shape.of(lengths), offset, strides));
  }

  /** The same for inputs, whose axes may also repeat. */
  private static Placed anywhere(Random random, int... lengths) {
    Placed placed = scattered(random, lengths);
    View view = placed.view();
    long[] strides = view.strides();
    for (int axis = 0; axis < strides.length; axis++) {
      if (strides[axis] > 0 && random.nextInt(4) == 0) {
        strides[axis] = 0;
      }
    }
    return new Placed(placed.storage(), View.of(view.shape(), view.offset(), strides));
  }

  private static int awkward(Random random) {
    return AWKWARD[random.nextInt(AWKWARD.length)];
  }

  private static int[] lengths(Random random) {
    return new int[] {1 + random.nextInt(7), awkward(random), 1 + random.nextInt(9)};
  }

  private static Placed scaled(Placed placed, float by) {
    Tensor result = placed.storage().reshape(placed.storage().shape());
    for (int i = 0; i < result.length(); i++) {
      result.floats()[i] *= by;
    }
    return new Placed(result, placed.view());
  }

  private static Placed dense(Tensor tensor) {
    return Placed.dense(tensor);
  }

  @ParameterizedTest
  @EnumSource
  void unaryFunctions(Unary.Function function) {
    for (int n : new int[] {1, 2, 3, 7, 13, 17, 31, 64, 65, 100, 513, 70_001}) {
      Placed x = scaled(dense(OpRunner.random(n, n)), 6);
      assertAgrees(new Unary(function), List.of(x), dense(OpRunner.random(1, n)), 0, "n = " + n);
    }
    for (int seed = 1; seed <= 10; seed++) {
      Random random = new Random(seed);
      int[] lengths = lengths(random);
      Placed x = scaled(anywhere(random, lengths), 3);
      assertAgrees(new Unary(function), List.of(x), scattered(random, lengths), 0, "seed " + seed);
    }
  }

  @ParameterizedTest
  @EnumSource
  void unaryFunctionsOfTheUnusual(Unary.Function function) {
    // Three times, so that each value is met in a vector's lane and on its own.
    float[] values = new float[3 * UNUSUAL.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = UNUSUAL[i % UNUSUAL.length];
    }
    Placed x = dense(Tensor.of(Shape.of(values.length), values));
    Tensor expected = OpRunner.reference().runPlaced(new Unary(function), List.of(x)).get(0);
    Tensor actual = java.runPlaced(new Unary(function), List.of(x)).get(0);
    for (int i = 0; i < values.length; i++) {
      assertClose(expected.get(i), actual.get(i), 0, function + " of " + values[i]);
    }
  }

  @ParameterizedTest
  @EnumSource
  void binaryFunctions(Binary.Function function) {
    for (int n : new int[] {1, 7, 17, 65, 100, 513, 70_001}) {
      Placed a = positive(dense(OpRunner.random(n, n)), function);
      Placed b = dense(OpRunner.random(n + 1, n));
      Placed y = dense(OpRunner.random(1, n));
      assertAgrees(new Binary(function), List.of(a, b), y, 0.2, "n = " + n);
      assertAgrees(new Binary(function), List.of(a, a), y, 0.2, "n = " + n);
    }
    for (int seed = 1; seed <= 10; seed++) {
      Random random = new Random(seed);
      int[] lengths = lengths(random);
      Placed a = positive(anywhere(random, lengths), function);
      Placed b = anywhere(random, lengths);
      assertAgrees(
          new Binary(function), List.of(a, b), scattered(random, lengths), 0.2, "seed " + seed);
    }
  }

  private static Placed positive(Placed placed, Binary.Function function) {
    if (function == Binary.Function.POWER) {
      for (int i = 0; i < placed.storage().length(); i++) {
        placed.storage().floats()[i] = Math.abs(placed.storage().floats()[i]) + 0.1f;
      }
    }
    return placed;
  }

  @ParameterizedTest
  @EnumSource
  void binaryFunctionsOfTheUnusual(Binary.Function function) {
    int n = UNUSUAL.length;
    Tensor values = Tensor.of(Shape.of(n), UNUSUAL);
    Placed a = new Placed(values, View.of(Shape.of(n, n), 0, 1, 0));
    Placed b = new Placed(values, View.of(Shape.of(n, n), 0, 0, 1));
    Tensor expected = OpRunner.reference().runPlaced(new Binary(function), List.of(a, b)).get(0);
    Tensor actual = java.runPlaced(new Binary(function), List.of(a, b)).get(0);
    for (int i = 0; i < expected.length(); i++) {
      // The reference computes with doubles; where floats overflow or vanish, they may.
      float rounded = (float) expected.get(i);
      if (Math.abs(rounded) < 1e38f && (rounded == 0 || Math.abs(rounded) > 1e-37f)) {
        String what = function + " of " + UNUSUAL[i / n] + " and " + UNUSUAL[i % n];
        if (function == Binary.Function.POWER || Math.abs(actual.get(i)) < 1e38) {
          assertClose(rounded, actual.get(i), 0, what);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void wholeNumbersWrapAround(Binary.Function function) {
    int[] values = {0, 1, -1, 7, -7, 3, Integer.MAX_VALUE, Integer.MIN_VALUE, 65536, 12};
    int[] divisors = {1, 3, 2, 2, 2, -5, 7, 9, 65536, 5};
    Tensor a = Tensor.of(Shape.of(10), values);
    Tensor b = Tensor.of(Shape.of(10), divisors);
    assertEquals(
        OpRunner.reference().run(new Binary(function), a, b), java.run(new Binary(function), a, b));
  }

  @Test
  void wholeQuotientsByZeroAreZero() {
    Tensor ones = Tensor.of(Shape.of(3), 1, 2, 3);
    Tensor zeros = Tensor.of(Shape.of(3), new int[3]);
    assertEquals(List.of(zeros), java.run(new Binary(Binary.Function.DIVIDE), ones, zeros));
  }

  @Test
  void doublesGoTheSameWays() {
    Random random = new Random(4);
    Placed a = cast(anywhere(random, 5, 31, 3), DType.F64);
    Placed b = cast(anywhere(random, 5, 31, 3), DType.F64);
    for (Op op :
        List.of(
            new Binary(Binary.Function.MULTIPLY),
            new Binary(Binary.Function.TANH_GRADIENT),
            new Copy(DType.F32),
            new Unary(Unary.Function.SIGMOID),
            new Reduce(Reduce.Function.SUM, List.of(0, 2)),
            new Reduce(Reduce.Function.MAX, List.of(1)),
            new Reduce(Reduce.Function.ARGMAX, List.of(1)))) {
      List<Placed> inputs = op instanceof Binary ? List.of(a, b) : List.of(a);
      assertEquals(
          OpRunner.reference().runPlaced(op, inputs), java.runPlaced(op, inputs), op.toString());
    }
  }

  private static Placed cast(Placed placed, DType dtype) {
    return new Placed(placed.storage().cast(dtype), placed.view());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void movesFromAnywhereToAnywhere(int seed) {
    Random random = new Random(seed);
    int[] lengths = lengths(random);
    String what = "seed " + seed;
    Placed x = scaled(anywhere(random, lengths), 100);
    Placed c = anywhere(random, lengths);
    for (int i = 0; i < c.storage().length(); i += 2) {
      c.storage().floats()[i] = 0;
    }
    Placed y = scattered(random, lengths);
    assertAgrees(new Copy(DType.F32), List.of(x), y, 0, what);
    assertAgrees(new Copy(DType.I32), List.of(x), cast(y, DType.I32), 0, what);
    assertAgrees(new Copy(DType.F32), List.of(cast(x, DType.I32)), y, 0, what);
    assertAgrees(new Copy(DType.I32), List.of(cast(x, DType.I32)), cast(y, DType.I32), 0, what);
    assertAgrees(new Fill(2.5, TensorType.f32(lengths)), List.of(), y, 0, what);
    assertAgrees(
        new Fill(3, new TensorType(DType.I32, Shape.of(lengths))),
        List.of(),
        cast(y, DType.I32),
        0,
        what);
    assertAgrees(new Select(), List.of(c, x, anywhere(random, lengths)), y, 0, what);
    assertAgrees(
        new Select(), List.of(cast(x, DType.I32), x, anywhere(random, lengths)), y, 0, what);
    assertAgrees(new Accumulate(), List.of(x), y, 0, what);
  }

  @Test
  void bigMovesAreSharedOut() {
    Placed x = new Placed(OpRunner.random(1, 300, 400), View.of(Shape.of(400, 300), 0, 1, 400));
    Placed y = dense(OpRunner.random(2, 400, 300));
    assertAgrees(new Copy(DType.F32), List.of(x), y, 0, "transposed");
    assertAgrees(new Select(), List.of(y, x, y), y, 0, "transposed");
    assertAgrees(new Fill(1, TensorType.f32(400, 300)), List.of(), y, 0, "big");
  }

  @Test
  void castsTruncate() {
    Tensor x = Tensor.of(Shape.of(5), 1.9f, -1.9f, 3e9f, Float.NaN, -3e9f);
    assertEquals(
        List.of(Tensor.of(Shape.of(5), 1, -1, Integer.MAX_VALUE, 0, Integer.MIN_VALUE)),
        java.run(new Copy(DType.I32), x));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2, 3, 4, 5})
  void accumulatesWhereViewsOverlap(long stride) {
    // Windows over a row, over two rows at once, and all elements in one place.
    Placed x = dense(OpRunner.random(1, 9, 4));
    Tensor old = OpRunner.random(2, 64);
    for (long inner : new long[] {0, 1, 2}) {
      Placed y = new Placed(old, View.of(Shape.of(9, 4), 3, stride, inner));
      assertAgrees(new Accumulate(), List.of(x), y, 3, "strides " + stride + ", " + inner);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "1", "2", "01", "02", "12", "012", ""})
  void reductionsOverAnyAxes(String axes) {
    List<Integer> list = axes.chars().mapToObj(c -> c - '0').toList();
    for (int seed = 1; seed <= 8; seed++) {
      Random random = new Random(seed);
      int[] lengths = {1 + random.nextInt(9), awkward(random), awkward(random)};
      int[] kept =
          IntStream.range(0, 3).filter(i -> !list.contains(i)).map(i -> lengths[i]).toArray();
      Placed x = anywhere(random, lengths);
      Placed y = scattered(random, kept);
      int members = 1;
      for (int axis : list) {
        members *= lengths[axis];
      }
      for (Reduce.Function function :
          List.of(Reduce.Function.SUM, Reduce.Function.MAX, Reduce.Function.MIN)) {
        // As many roundings of numbers about 1, of which repeated ones all go the same way.
        double scale = function == Reduce.Function.SUM ? 0.1 * members : 0;
        assertAgrees(new Reduce(function, list), List.of(x), y, scale, "seed " + seed);
      }
      if (list.size() == 1) {
        assertAgrees(
            new Reduce(Reduce.Function.ARGMAX, list),
            List.of(x),
            cast(y, DType.I32),
            0,
            "seed " + seed);
      }
      assertAgrees(
          new Reduce(Reduce.Function.SUM, list),
          List.of(cast(scaled(x, 2e9f), DType.I32)),
          cast(y, DType.I32),
          0,
          "seed " + seed);
    }
  }

  @Test
  void longSumsStayExact() {
    // Alone, the smaller numbers would be lost in single precision.
    Tensor x = Tensor.zeros(TensorType.f32(1 << 20));
    Arrays.fill(x.floats(), 1.001f);
    double sum = java.run(new Reduce(Reduce.Function.SUM, List.of(0)), x).get(0).get(0);
    assertEquals(1.001f * (double) (1 << 20), sum, 1);
    Tensor columns = x.reshape(Shape.of(1 << 16, 16));
    Tensor sums = java.run(new Reduce(Reduce.Function.SUM, List.of(0)), columns).get(0);
    assertEquals(1.001f * (double) (1 << 16), sums.get(3), 0.1);
  }

  @Test
  void extremesKeepNaN() {
    Tensor x = Tensor.of(Shape.of(2, 4), 1f, 5, 5, 2, -3, Float.NaN, 7, Float.NaN);
    for (Reduce.Function function : Reduce.Function.values()) {
      for (int axis = 0; axis < 2; axis++) {
        Op op = new Reduce(function, List.of(axis));
        assertEquals(OpRunner.reference().run(op, x), java.run(op, x), function + " over " + axis);
      }
    }
  }

  @Test
  void sumsOfNothingAreZero() {
    Tensor x = Tensor.zeros(TensorType.f32(0, 20));
    assertEquals(
        List.of(Tensor.zeros(TensorType.f32(20))),
        java.run(new Reduce(Reduce.Function.SUM, List.of(0)), x));
    assertEquals(0, java.run(new Unary(Unary.Function.EXP), x).get(0).length());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void batchedProductsOfAnyViews(int seed) {
    Random random = new Random(seed);
    int n = 1 + random.nextInt(3);
    int m = awkward(random);
    int k = awkward(random);
    int columns = awkward(random);
    Placed a = anywhere(random, n, 2, m, k);
    Placed b = anywhere(random, n, 2, k, columns);
    Placed c = anywhere(random, n, 2, m, columns);
    Placed y = scattered(random, n, 2, m, columns);
    String what = "seed " + seed;
    double scale = Math.sqrt(k);
    assertAgrees(new MatMul(2, 0.5), List.of(a, b, c), y, scale, what);
    assertAgrees(new MatMul(1, 0), List.of(a, b), y, scale, what);
    assertAgrees(
        new MatMul(1, 0),
        List.of(cast(a, DType.F64), cast(b, DType.F64)),
        cast(y, DType.F64),
        1e-6,
        what);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void rowsFromAndToAnyTables(int seed) {
    Random random = new Random(seed);
    int rows = awkward(random);
    int width = awkward(random);
    Placed table = anywhere(random, rows, width, 2);
    Placed y = scattered(random, 3, 5, width, 2);
    Placed indices =
        new Placed(
            OpRunner.indices(seed, rows, 40), View.of(Shape.of(3, 5), random.nextInt(5), 10, 2));
    assertAgrees(new Gather(), List.of(table, indices), y, 0, "seed " + seed);
    Placed sums = scattered(random, rows, width, 2);
    assertAgrees(new ScatterAdd(rows), List.of(indices, y), sums, 3, "seed " + seed);
  }

  @Test
  void scalarRowsAndBigTables() {
    Tensor table = OpRunner.random(1, 1000);
    Placed indices = dense(OpRunner.indices(2, 1000, 70, 3));
    Placed y = dense(OpRunner.random(3, 70, 3));
    assertAgrees(new Gather(), List.of(dense(table), indices), y, 0, "scalars");
    assertAgrees(new ScatterAdd(1000), List.of(indices, y), dense(table), 1, "scalars");
    Placed wide = dense(OpRunner.random(4, 70, 3, 300));
    Placed sums = dense(OpRunner.random(5, 50, 300));
    Placed few = dense(OpRunner.indices(6, 50, 70, 3));
    assertAgrees(new ScatterAdd(50), List.of(few, wide), sums, 3, "big");
    assertAgrees(new Gather(), List.of(sums, few), wide, 0, "big");
  }

  @Test
  void indicesOutsideAreToldWithTheirPlace() {
    Tensor table = OpRunner.random(12, 5, 3);
    for (int wrong : new int[] {5, -1}) {
      Tensor indices = Tensor.of(Shape.of(2, 2), 0, 4, wrong, 9);
      IndexRangeException thrown =
          assertThrows(IndexRangeException.class, () -> java.run(new Gather(), table, indices));
      assertEquals(2, thrown.position());
      assertEquals(wrong, thrown.index());
      assertEquals(5, thrown.bound());
    }
    Tensor updates = OpRunner.random(13, 2, 3);
    assertThrows(
        IndexRangeException.class,
        () -> java.run(new ScatterAdd(2), Tensor.of(Shape.of(2), 1, 2), updates));
  }

  @Test
  void uniformNumbersAreThoseOfPhilox() {
    Placed key =
        new Placed(Tensor.of(Shape.of(7), 1, 77, 0, -5, 0, 9, 0), View.of(Shape.of(3), 1, 2));
    for (int n : new int[] {1, 2, 3, 7, 100, 1001, 4097, 50_000}) {
      Placed y = new Placed(OpRunner.random(1, n + 3), View.dense(Shape.of(n), 3));
      assertAgrees(new RandomUniform(Shape.of(n), 3), List.of(key), y, 0, "n = " + n);
    }
    for (int seed = 1; seed <= 6; seed++) {
      Random random = new Random(seed);
      int[] lengths = lengths(random);
      assertAgrees(
          new RandomUniform(Shape.of(lengths), 3),
          List.of(key),
          scattered(random, lengths),
          0,
          "seed " + seed);
    }
  }

  @Test
  void threadsDoNotChangeABit() {
    Tensor x = OpRunner.random(9, 257, 301);
    for (Op op :
        List.of(
            new Unary(Unary.Function.TANH),
            new Reduce(Reduce.Function.SUM, List.of(0)),
            new Reduce(Reduce.Function.SUM, List.of(1)),
            new Reduce(Reduce.Function.SUM, List.of(0, 1)))) {
      List<Tensor> one = OpRunner.java(1).run(op, x);
      for (int threads = 2; threads <= 3; threads++) {
        assertEquals(one, OpRunner.java(threads).run(op, x), op + ", " + threads + " threads");
      }
    }
  }
}
