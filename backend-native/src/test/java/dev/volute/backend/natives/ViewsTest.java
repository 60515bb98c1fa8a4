package dev.volute.backend.natives;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.volute.graph.Accumulate;
import dev.volute.graph.Binary;
import dev.volute.graph.Copy;
import dev.volute.graph.Fill;
import dev.volute.graph.Gather;
import dev.volute.graph.MatMul;
import dev.volute.graph.RandomUniform;
import dev.volute.graph.Reduce;
import dev.volute.graph.ScatterAdd;
import dev.volute.random.Philox;
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
import org.junit.jupiter.params.provider.ValueSource;

/** Primitives read and write any strided view, and leave the rest of the memory alone. */
class ViewsTest {
  private final OpRunner runner = OpRunner.best();

  private static long at(View view, int... index) {
    long at = view.offset();
    for (int axis = 0; axis < index.length; axis++) {
      at += index[axis] * view.stride(axis);
    }
    return at;
  }

  private static double get(Tensor storage, View view, int... index) {
    return storage.get((int) at(view, index));
  }

  /** A view without overlaps: axes in random order, some backwards, with gaps. */
  private static View scattered(Random random, int... lengths) {
    int rank = lengths.length;
    long[] strides = new long[rank];
    long offset = 3;
    long span = 1 + random.nextInt(2);
    List<Integer> order = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
    Collections.shuffle(order, random);
    for (int axis : order) {
      boolean backwards = random.nextInt(3) == 0;
      strides[axis] = backwards ? -span : span;
      offset += backwards ? span * (lengths[axis] - 1) : 0;
      span *= lengths[axis] + random.nextInt(2);
    }
    return View.of(Shape.of(lengths), offset, strides);
  }

  private static int storage(View view) {
    long end = view.offset();
    for (int axis = 0; axis < view.shape().rank(); axis++) {
      end += Math.max(0, view.stride(axis) * (view.shape().dim(axis) - 1));
    }
    return (int) end + 8;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void elementwiseFromAnywhereToAnywhere(int seed) {
    Random random = new Random(seed);
    int[] lengths = {1 + random.nextInt(7), 1 + random.nextInt(70), 1 + random.nextInt(9)};
    View a = scattered(random, lengths);
    View b = View.of(Shape.of(lengths), 2, 0, 1, 0);
    View out = scattered(random, lengths);
    Tensor x = OpRunner.random(seed, storage(a));
    Tensor y = OpRunner.random(seed + 1, lengths[1] + 2);
    Tensor target = Tensor.zeros(TensorType.f32(storage(out)));
    Arrays.fill(target.floats(), 9);
    runner.runInto(new Binary(Binary.Function.SUBTRACT), List.of(x, y), List.of(a, b), target, out);
    int touched = 0;
    for (int i = 0; i < lengths[0]; i++) {
      for (int j = 0; j < lengths[1]; j++) {
        for (int k = 0; k < lengths[2]; k++, touched++) {
          assertEquals(
              (float) (get(x, a, i, j, k) - get(y, b, i, j, k)),
              (float) get(target, out, i, j, k),
              "seed " + seed);
        }
      }
    }
    int kept = 0;
    for (float value : target.floats()) {
      kept += value == 9 ? 1 : 0;
    }
    assertEquals(target.length() - touched, kept, "seed " + seed + ": memory outside the view");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void batchedProductsOfAnyStrides(int seed) {
    Random random = new Random(seed);
    int n = 1 + random.nextInt(3);
    int m = 1 + random.nextInt(40);
    int k = 1 + random.nextInt(40);
    int columns = 1 + random.nextInt(70);
    View a = scattered(random, n, 2, m, k);
    View b = scattered(random, n, 2, k, columns);
    View c = View.of(Shape.of(n, 2, m, columns), 0, 0, 0, 0, 1);
    View out = scattered(random, n, 2, m, columns);
    Tensor x = OpRunner.random(seed, storage(a));
    Tensor y = OpRunner.random(seed + 1, storage(b));
    Tensor z = OpRunner.random(seed + 2, columns);
    Tensor target = Tensor.zeros(TensorType.f32(storage(out)));
    runner.runInto(new MatMul(2, 0.5), List.of(x, y, z), List.of(a, b, c), target, out);
    for (int i = 0; i < n; i++) {
      for (int h = 0; h < 2; h++) {
        for (int row = 0; row < m; row++) {
          for (int column = 0; column < columns; column++) {
            double sum = 0;
            for (int p = 0; p < k; p++) {
              sum += get(x, a, i, h, row, p) * get(y, b, i, h, p, column);
            }
            assertEquals(
                2 * sum + 0.5 * z.get(column),
                get(target, out, i, h, row, column),
                1e-5,
                "seed " + seed);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void reductionsOfAnyStrides(int seed) {
    Random random = new Random(seed);
    int[] lengths = {1 + random.nextInt(9), 1 + random.nextInt(30), 1 + random.nextInt(40)};
    View in = scattered(random, lengths);
    Tensor x = OpRunner.random(seed, storage(in));
    View out = scattered(random, lengths[0], lengths[2]);
    Tensor target = Tensor.zeros(TensorType.f32(storage(out)));
    runner.runInto(
        new Reduce(Reduce.Function.SUM, List.of(1)), List.of(x), List.of(in), target, out);
    Tensor largest =
        runner
            .runViews(new Reduce(Reduce.Function.ARGMAX, List.of(1)), List.of(x), List.of(in))
            .get(0);
    for (int i = 0; i < lengths[0]; i++) {
      for (int k = 0; k < lengths[2]; k++) {
        double sum = 0;
        int best = 0;
        for (int j = 0; j < lengths[1]; j++) {
          sum += get(x, in, i, j, k);
          best = get(x, in, i, j, k) > get(x, in, i, best, k) ? j : best;
        }
        assertEquals(sum, get(target, out, i, k), 1e-5, "seed " + seed);
        assertEquals(best, largest.ints()[i * lengths[2] + k], "seed " + seed);
      }
    }
  }

  @Test
  void accumulatingIntoOverlappingWindowsAddsUp() {
    Tensor input = OpRunner.random(1, 9, 4);
    Tensor target = Tensor.zeros(TensorType.f32(12));
    View windows = View.of(Shape.of(9, 4), 0, 1, 1);
    runner.runInto(
        new Accumulate(), List.of(input), List.of(View.dense(Shape.of(9, 4), 0)), target, windows);
    for (int at = 0; at < 12; at++) {
      double sum = 0;
      for (int i = 0; i < 9; i++) {
        sum += at - i >= 0 && at - i < 4 ? input.get(i * 4 + at - i) : 0;
      }
      assertEquals(sum, target.get(at), 1e-6);
    }
  }

  @Test
  void rowsFromAndToTransposedTables() {
    Tensor table = OpRunner.random(2, 3, 7);
    View transposed = View.of(Shape.of(7, 3), 0, 1, 7);
    Tensor indices = Tensor.of(Shape.of(8), 6, 9, 0, 9, 3, 9, 6, 9);
    View everySecond = View.of(Shape.of(2, 2), 0, 4, 2);
    View out = View.of(Shape.of(2, 2, 3), 1, 2, 4, 8);
    Tensor target = Tensor.zeros(TensorType.f32(32));
    runner.runInto(
        new Gather(), List.of(table, indices), List.of(transposed, everySecond), target, out);
    int[] rows = {6, 0, 3, 6};
    for (int i = 0; i < 4; i++) {
      for (int j = 0; j < 3; j++) {
        assertEquals(table.get(j * 7 + rows[i]), get(target, out, i / 2, i % 2, j));
      }
    }
    Tensor sums = Tensor.zeros(TensorType.f32(21));
    runner.runInto(
        new ScatterAdd(7), List.of(indices, target), List.of(everySecond, out), sums, transposed);
    for (int j = 0; j < 3; j++) {
      assertEquals(2 * table.get(j * 7 + 6), sums.get(j * 7 + 6), 1e-6);
      assertEquals(table.get(j * 7), sums.get(j * 7), 1e-6);
      assertEquals(0, sums.get(j * 7 + 1));
    }
  }

  @Test
  void randomNumbersFillsAndCastsIntoViews() {
    View out = View.of(Shape.of(5, 3), 14, -1, -5);
    Tensor target = Tensor.zeros(TensorType.f32(20));
    Tensor key = Tensor.of(Shape.of(5), 7, 0, 8, 0, 9);
    runner.runInto(
        new RandomUniform(Shape.of(5, 3), 2),
        List.of(key),
        List.of(View.of(Shape.of(3), 0, 2)),
        target,
        out);
    Philox philox = new Philox(7 | (8L << 32), 2, 9);
    for (int i = 0; i < 15; i++) {
      assertEquals(philox.uniform(i), get(target, out, i / 3, i % 3), 0);
    }
    runner.runInto(new Fill(2.5, TensorType.f32(5, 3)), List.of(), List.of(), target, out);
    assertEquals(2.5, target.get(0));
    assertEquals(0, target.get(15));
    Tensor whole = Tensor.of(Shape.of(20), new int[20]);
    runner.runInto(
        new Copy(DType.I32),
        List.of(target),
        List.of(View.of(Shape.of(5, 3), 0, 1, 5)),
        whole,
        out);
    assertEquals(2, whole.ints()[7]);
  }

  @Test
  void wholeNumbersAndDoubles() {
    Tensor a = Tensor.of(Shape.of(4), 7, -7, 1, 0);
    Tensor b = Tensor.of(Shape.of(4), 2, 2, 0, 3);
    assertEquals(
        Tensor.of(Shape.of(4), 3, -3, 0, 0),
        runner.run(new Binary(Binary.Function.DIVIDE), a, b).get(0));
    assertEquals(
        Tensor.of(Shape.of(4), 49, 49, 1, 0),
        runner.run(new Binary(Binary.Function.POWER), a, b).get(0));
    Tensor x = OpRunner.random(3, 13, 31).cast(DType.F64);
    Tensor y = runner.run(new Reduce(Reduce.Function.SUM, List.of(0)), x).get(0);
    for (int j = 0; j < 31; j++) {
      double sum = 0;
      for (int i = 0; i < 13; i++) {
        sum += x.get(i * 31 + j);
      }
      assertEquals(sum, y.get(j), 1e-13);
    }
  }
}
