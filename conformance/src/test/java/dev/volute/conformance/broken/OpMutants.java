package dev.volute.conformance.broken;

import dev.volute.conformance.rule.Rule;
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
import dev.volute.spi.Kernel;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operand;
import dev.volute.spi.Operands;
import dev.volute.tensor.DType;
import dev.volute.tensor.View;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/** Flaws of primitives. */
final class OpMutants {
  private OpMutants() {}

  static List<Mutant> primitives() {
    List<Mutant> all = new ArrayList<>();
    moves(all);
    elementwise(all);
    reductions(all);
    products(all);
    tables(all);
    return all;
  }

  /** Every stride as it would be in dense memory. */
  static View dense(View view) {
    return View.dense(view.shape(), view.offset());
  }

  private static View forwards(View view) {
    long[] strides = Arrays.stream(view.strides()).map(Math::abs).toArray();
    boolean backwards = !Arrays.equals(strides, view.strides());
    return backwards ? View.dense(view.shape(), 0) : view;
  }

  /** Strides of 0 on the outermost axis taken for those of dense memory. */
  private static View withoutBroadcast(View view) {
    long[] strides = view.strides();
    if (strides.length < 2 || strides[0] != 0) {
      return view;
    }
    strides[0] = 1;
    return View.of(view.shape(), view.offset(), strides);
  }

  static double[] map(double[] values, DoubleUnaryOperator function) {
    return Arrays.stream(values).map(function).toArray();
  }

  static double[] changed(double[] values, int place, double value) {
    double[] changed = values.clone();
    if (changed.length > place) {
      changed[place] = value;
    }
    return changed;
  }

  private static void moves(List<Mutant> all) {
    all.add(
        Mutant.of(
            "a fill that rounds to whole numbers",
            Rule.FILL_1,
            Spoiler.swap(Fill.class, op -> new Fill(Math.rint(op.value()), op.type()))));
    all.add(
        Mutant.of(
            "a copy that only goes forwards",
            Rule.COPY_1,
            Spoiler.input(Copy.class, 0, OpMutants::forwards)));
    all.add(
        Mutant.of(
            "a cast that rounds",
            Rule.COPY_2,
            Spoiler.values(
                Copy.class, 0, (op, x) -> op.dtype() == DType.I32 ? map(x, Math::rint) : x)));
    all.add(
        Mutant.of(
            "an accumulation that overwrites",
            Rule.ACC_1,
            Spoiler.only(
                Accumulate.class,
                (correct, call, operands) ->
                    correct.bind(
                        new OpCall(new Copy(call.output(0).dtype()), call.inputs(), call.outputs()),
                        operands))));
    all.add(
        Mutant.of(
            "an accumulation that reads all old contents first",
            Rule.ACC_2,
            Spoiler.instead(
                Accumulate.class,
                (op, operands) -> {
                  double[] x = Numbers.get(operands.input(0));
                  double[] y = Numbers.get(operands.output(0));
                  for (int i = 0; i < x.length; i++) {
                    y[i] += x[i];
                  }
                  Numbers.set(operands.output(0), y);
                })));
    all.add(
        Mutant.of(
            "a selection that takes NaN for false",
            Rule.SELECT_1,
            Spoiler.values(Select.class, 0, (op, x) -> map(x, v -> Double.isNaN(v) ? 0 : v))));
  }

  private static Spoiler unary(Unary.Function function, DoubleUnaryOperator change) {
    return Spoiler.result(
        Unary.class, 0, (op, y) -> op.function() == function ? map(y, change) : y);
  }

  private static void elementwise(List<Mutant> all) {
    all.add(
        Mutant.of(
            "a root of little accuracy",
            Rule.UNARY_1,
            unary(Unary.Function.SQRT, y -> y * (1 + 2e-7))));
    all.add(
        Mutant.of(
            "tanh of little accuracy",
            Rule.UNARY_2,
            unary(Unary.Function.TANH, y -> y * (1 + 2e-6))));
    all.add(
        Mutant.of(
            "relu that swallows NaN",
            Rule.UNARY_3,
            unary(Unary.Function.RELU, y -> Double.isNaN(y) ? 0 : y)));
    all.add(
        Mutant.of(
            "negation without a negative zero",
            Rule.UNARY_3,
            unary(Unary.Function.NEGATE, y -> y + 0.0)));
    all.add(
        Mutant.of(
            "a function that clears its output first", Rule.UNARY_4, clearingFirst(Unary.class)));
    all.add(
        Mutant.of(
            "division by multiplying with the rounded inverse",
            Rule.BINARY_1,
            Spoiler.instead(
                Binary.class,
                (op, operands) -> {
                  double[] a = Numbers.get(operands.input(0));
                  double[] b = Numbers.get(operands.input(1));
                  for (int i = 0; i < a.length; i++) {
                    a[i] =
                        op.function() == Binary.Function.DIVIDE
                            ? (float) a[i] * (float) (1 / b[i])
                            : Double.NaN;
                  }
                  Numbers.set(operands.output(0), a);
                })));
    all.add(
        Mutant.of(
            "a function of two elements that clears its output first",
            Rule.BINARY_4,
            clearingFirst(Binary.class)));
    all.add(
        Mutant.of(
            "broadcasting that takes the next element",
            Rule.BINARY_1,
            Spoiler.input(Binary.class, 1, OpMutants::withoutBroadcast)));
    all.add(
        Mutant.of(
            "tanh's gradient without the square",
            Rule.BINARY_2,
            Spoiler.values(
                Binary.class,
                0,
                (op, y) ->
                    op.function() == Binary.Function.TANH_GRADIENT
                        ? map(y, v -> Math.sqrt(Math.abs(v)))
                        : y)));
    all.add(
        Mutant.of(
            "results that swallow NaN",
            Rule.BINARY_3,
            Spoiler.result(Binary.class, 0, (op, y) -> map(y, v -> Double.isNaN(v) ? 0 : v))));
    all.add(
        Mutant.of(
            "less, or equal",
            Rule.BINARY_1,
            Spoiler.swap(
                Binary.class,
                op ->
                    op.function() == Binary.Function.LESS
                        ? new Binary(Binary.Function.LESS_EQUAL)
                        : op)));
    all.add(
        Mutant.of(
            "whole numbers computed as floats",
            Rule.BINARY_5,
            Spoiler.result(
                Binary.class,
                0,
                (op, y) ->
                    op.function() == Binary.Function.MULTIPLY ? map(y, v -> (float) v) : y)));
    all.add(
        Mutant.of(
            "small numbers flushed to zero",
            Rule.NUMBER_1,
            Spoiler.result(
                Binary.class, 0, (op, y) -> map(y, v -> Math.abs(v) < Float.MIN_NORMAL ? 0 : v))));
  }

  private static Spoiler reduced(Reduce.Function function, DoubleUnaryOperator change) {
    return Spoiler.result(
        Reduce.class, 0, (op, y) -> op.function() == function ? map(y, change) : y);
  }

  private static void reductions(List<Mutant> all) {
    all.add(
        Mutant.of(
            "a sum without its last element",
            Rule.REDUCE_1,
            Spoiler.values(
                Reduce.class,
                0,
                (op, x) ->
                    op.function() == Reduce.Function.SUM ? changed(x, x.length - 1, 0) : x)));
    all.add(
        Mutant.of(
            "a maximum that starts at 0",
            Rule.REDUCE_2,
            reduced(Reduce.Function.MAX, y -> Math.max(0, y))));
    all.add(
        Mutant.of(
            "a maximum that skips NaN",
            Rule.REDUCE_2,
            Spoiler.values(
                Reduce.class,
                0,
                (op, x) -> map(x, v -> Double.isNaN(v) ? Double.NEGATIVE_INFINITY : v))));
    all.add(
        Mutant.of(
            "the last of the largest",
            Rule.REDUCE_3,
            Spoiler.instead(Reduce.class, OpMutants::lastOfLargest)));
    all.add(
        Mutant.of(
            "a sum of nothing that is one",
            Rule.REDUCE_4,
            reduced(Reduce.Function.SUM, y -> y == 0 ? 1 : y)));
    all.add(
        Mutant.of(
            "a sum that stops at infinities",
            Rule.REDUCE_5,
            reduced(Reduce.Function.SUM, y -> Double.isInfinite(y) ? Float.MAX_VALUE : y)));
  }

  /** Only right for one axis. */
  private static void lastOfLargest(Reduce op, Operands operands) {
    double[] x = Numbers.get(operands.input(0));
    double[] y = Numbers.get(operands.output(0));
    if (op.function() != Reduce.Function.ARGMAX || y.length != 1) {
      Numbers.set(operands.output(0), new double[y.length]);
      return;
    }
    int best = 0;
    for (int i = 0; i < x.length; i++) {
      best = x[i] >= x[best] ? i : best;
    }
    Numbers.set(operands.output(0), new double[] {best});
  }

  private static void products(List<Mutant> all) {
    all.add(
        Mutant.of(
            "products that are added in half precision",
            Rule.MATMUL_1,
            Spoiler.result(MatMul.class, 0, (op, y) -> map(y, v -> (float) (v * (1 + 0x1p-11))))));
    all.add(
        Mutant.of(
            "a product that loses the last of the inner length",
            Rule.MATMUL_1,
            Spoiler.values(MatMul.class, 1, (op, b) -> changed(b, b.length - 1, 0))));
    all.add(
        Mutant.of(
            "a product that takes every operand for dense",
            Rule.MATMUL_2,
            Spoiler.input(MatMul.class, 1, OpMutants::dense)));
    all.add(
        Mutant.of(
            "beta is ignored",
            Rule.MATMUL_3,
            Spoiler.swap(
                MatMul.class, op -> op.beta() == 0 ? op : new MatMul(op.alpha(), 1e-300))));
    all.add(
        Mutant.of(
            "alpha is ignored",
            Rule.MATMUL_1,
            Spoiler.swap(MatMul.class, op -> new MatMul(1, op.beta()))));
    all.add(
        Mutant.of(
            "old contents are added although there is no beta",
            Rule.MEM_3,
            Rule.MATMUL_1,
            Spoiler.only(
                MatMul.class,
                (correct, call, operands) -> {
                  Kernel kernel = correct.bind(call, operands);
                  return () -> {
                    double[] before = Numbers.get(operands.output(0));
                    kernel.run();
                    double[] y = Numbers.get(operands.output(0));
                    for (int i = 0; i < y.length; i++) {
                      y[i] += 0 * before[i];
                    }
                    Numbers.set(operands.output(0), y);
                  };
                })));
    all.add(
        Mutant.of(
            "zeros that are skipped, so that NaN is lost",
            Rule.MATMUL_4,
            Spoiler.result(MatMul.class, 0, (op, y) -> map(y, v -> Double.isNaN(v) ? 0 : v))));
    all.add(
        Mutant.of(
            "an empty product that is one",
            Rule.MATMUL_5,
            Spoiler.result(MatMul.class, 0, (op, y) -> map(y, v -> v == 0 ? 1 : v))));
  }

  private static void tables(List<Mutant> all) {
    all.add(
        Mutant.of(
            "rows by numbers that are counted from 1",
            Rule.GATHER_1,
            Spoiler.values(Gather.class, 1, (op, k) -> map(k, v -> Math.max(0, v - 1)))));
    all.add(
        Mutant.of(
            "indices that are clamped",
            Rule.GATHER_2,
            Spoiler.values(Gather.class, 1, (op, k) -> map(k, v -> Math.min(4, Math.max(0, v))))));
    all.add(
        Mutant.of(
            "rows that overwrite each other",
            Rule.SCATTER_1,
            Spoiler.instead(
                ScatterAdd.class,
                (op, operands) -> {
                  double[] k = Numbers.get(operands.input(0));
                  double[] x = Numbers.get(operands.input(1));
                  double[] y = new double[(int) operands.output(0).view().shape().elements()];
                  int width = k.length == 0 ? 0 : x.length / k.length;
                  for (int i = 0; i < x.length; i++) {
                    y[(int) k[i / width] * width + i % width] = x[i];
                  }
                  Numbers.set(operands.output(0), y);
                })));
    all.add(
        Mutant.of(
            "indices that are left out where they are wrong",
            Rule.SCATTER_2,
            Spoiler.values(ScatterAdd.class, 0, (op, k) -> map(k, v -> v < 0 || v > 4 ? 0 : v))));
    all.add(
        Mutant.of(
            "random numbers of the next stream",
            Rule.RANDOM_1,
            Spoiler.swap(
                RandomUniform.class, op -> new RandomUniform(op.shape(), op.stream() + 1))));
    all.add(
        Mutant.of(
            "random numbers in the order of memory",
            Rule.RANDOM_1,
            Spoiler.output(RandomUniform.class, OpMutants::transposedOrder)));
  }

  /** The same places, counted column by column. */
  private static View transposedOrder(View view) {
    int rank = view.shape().rank();
    boolean square = rank >= 2 && view.shape().dim(0) == view.shape().dim(1);
    if (!square) {
      return view;
    }
    long[] strides = view.strides();
    long first = strides[0];
    strides[0] = strides[1];
    strides[1] = first;
    return View.of(view.shape(), view.offset(), strides);
  }

  private static <T extends Op> Spoiler clearingFirst(Class<T> type) {
    return Spoiler.only(
        type,
        (correct, call, operands) -> {
          Kernel kernel = correct.bind(call, operands);
          return () -> {
            for (Operand output : operands.outputs()) {
              Numbers.set(output, new double[(int) output.view().shape().elements()]);
            }
            kernel.run();
          };
        });
  }
}
