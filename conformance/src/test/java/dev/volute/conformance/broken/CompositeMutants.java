package dev.volute.conformance.broken;

import dev.volute.conformance.rule.Rule;
import dev.volute.graph.Copy;
import dev.volute.graph.composite.Activation;
import dev.volute.graph.composite.AdamUpdate;
import dev.volute.graph.composite.AveragePool;
import dev.volute.graph.composite.AveragePoolGradient;
import dev.volute.graph.composite.BatchNormGradient;
import dev.volute.graph.composite.BatchNormInference;
import dev.volute.graph.composite.BatchNormTraining;
import dev.volute.graph.composite.Convolution;
import dev.volute.graph.composite.ConvolutionFilterGradient;
import dev.volute.graph.composite.ConvolutionGeometry;
import dev.volute.graph.composite.ConvolutionInputGradient;
import dev.volute.graph.composite.Dropout;
import dev.volute.graph.composite.Linear;
import dev.volute.graph.composite.MaxPool;
import dev.volute.graph.composite.MaxPoolGradient;
import dev.volute.graph.composite.Recurrent;
import dev.volute.graph.composite.RecurrentCell;
import dev.volute.graph.composite.RecurrentGradient;
import dev.volute.graph.composite.SgdUpdate;
import dev.volute.graph.composite.Softmax;
import dev.volute.graph.composite.SoftmaxCrossEntropy;
import dev.volute.graph.composite.SoftmaxCrossEntropyGradient;
import dev.volute.graph.composite.SoftmaxGradient;
import dev.volute.spi.Backend;
import dev.volute.spi.Kernel;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operand;
import dev.volute.spi.Operands;
import dev.volute.tensor.View;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/** Flaws of composites. */
final class CompositeMutants {
  private CompositeMutants() {}

  static List<Mutant> all() {
    List<Mutant> all = new ArrayList<>();
    convolutions(all);
    pools(all);
    norms(all);
    classes(all);
    recurrences(all);
    updates(all);
    laws(all);
    otherFrameworks(all);
    return all;
  }

  /** Flaws that another framework's values show. */
  private static void otherFrameworks(List<Mutant> all) {
    all.add(
        Mutant.of(
            "an image's gradient with a flipped kernel, against PyTorch",
            Rule.GOLD_1,
            Spoiler.input(ConvolutionInputGradient.class, 0, CompositeMutants::flipped)));
    all.add(
        Mutant.of(
            "a mean that counts the padding where it must not, against PyTorch",
            Rule.GOLD_2,
            Spoiler.swap(AveragePool.class, op -> new AveragePool(op.geometry(), true))));
    all.add(
        Mutant.of(
            "a gradient that takes the statistics for constant, against PyTorch",
            Rule.GOLD_3,
            Spoiler.after(BatchNormGradient.class, CompositeMutants::constantStatistics)));
    all.add(
        Mutant.of(
            "a loss to the base of 2, against PyTorch",
            Rule.GOLD_4,
            Spoiler.result(
                SoftmaxCrossEntropy.class, 0, (op, y) -> OpMutants.map(y, v -> v / Math.log(2)))));
    all.add(
        Mutant.of(
            "gates in the order i, f, o, g, against PyTorch",
            Rule.GOLD_5,
            CompositeMutants::exchangedGates));
    all.add(
        Mutant.of(
            "sequences that are read forwards in both directions, against PyTorch",
            Rule.GOLD_5,
            Spoiler.input(Copy.class, 0, CompositeMutants::forwards)));
    all.add(
        Mutant.of(
            "weight decay in the gradient in place of beside it, against PyTorch",
            Rule.GOLD_6,
            Spoiler.swap(
                AdamUpdate.class,
                op ->
                    new AdamUpdate(
                        op.beta1(), op.beta2(), op.epsilon(), op.weightDecay(), false))));
  }

  /** The view with its reversed axes turned round. */
  private static View forwards(View view) {
    long offset = view.offset();
    long[] strides = new long[view.shape().rank()];
    for (int axis = 0; axis < strides.length; axis++) {
      strides[axis] = Math.abs(view.stride(axis));
      offset += Math.min(0, view.stride(axis)) * Math.max(0, view.shape().dim(axis) - 1);
    }
    return View.of(view.shape(), offset, strides);
  }

  /** Flaws that the laws of mathematics show without the reference. */
  private static void laws(List<Mutant> all) {
    Spoiler flipping = Spoiler.input(Convolution.class, 1, CompositeMutants::flipped);
    all.add(Mutant.of("a flipped kernel, against a matrix", Rule.MATH_1, flipping));
    all.add(Mutant.of("a flipped kernel, against a polynomial", Rule.MATH_3, flipping));
    all.add(
        Mutant.of(
            "convolution that fades towards the end",
            Rule.MATH_2,
            Spoiler.result(
                Convolution.class,
                0,
                (op, y) -> {
                  double[] faded = y.clone();
                  for (int i = 0; i < y.length; i++) {
                    faded[i] *= 1 - 0.1 * i / y.length;
                  }
                  return faded;
                })));
    all.add(
        Mutant.of(
            "a mean over the cells inside alone, against a convolution",
            Rule.MATH_4,
            Spoiler.swap(AveragePool.class, op -> new AveragePool(op.geometry(), false))));
    all.add(
        Mutant.of(
            "a maximum of the first row, against another order",
            Rule.MATH_5,
            Spoiler.only(
                MaxPool.class,
                (correct, call, operands) -> {
                  int width = call.input(0).shape().dim(-1);
                  return Spoiler.values(
                          MaxPool.class,
                          0,
                          (op, x) -> {
                            double[] early = x.clone();
                            for (int i = 0; i < x.length; i++) {
                              boolean late = i / width % op.geometry().window().get(0) > 0;
                              early[i] = late ? -1 : x[i];
                            }
                            return early;
                          })
                      .bind(correct, call, operands);
                })));
    all.add(
        Mutant.of(
            "a first state that is taken for zero, against single steps",
            Rule.MATH_6,
            Spoiler.values(Recurrent.class, 1, (op, h) -> new double[h.length])));
    all.add(
        Mutant.of(
            "gates in the order i, f, o, g, against plain numbers",
            Rule.MATH_7,
            CompositeMutants::exchangedGates));
  }

  /** Padding moved by one from one side to the other. */
  private static ConvolutionGeometry shifted(ConvolutionGeometry geometry) {
    List<Integer> before = new ArrayList<>(geometry.padBefore());
    List<Integer> after = new ArrayList<>(geometry.padAfter());
    if (before.get(0) > 0) {
      before.set(0, before.get(0) - 1);
      after.set(0, after.get(0) + 1);
    }
    return new ConvolutionGeometry(
        geometry.strides(), before, after, geometry.dilations(), geometry.groups());
  }

  /** The kernel's last axis backwards. */
  private static View flipped(View view) {
    long[] strides = view.strides();
    int last = strides.length - 1;
    long offset = view.offset() + (view.shape().dim(last) - 1) * strides[last];
    strides[last] = -strides[last];
    return View.of(view.shape(), offset, strides);
  }

  /** The kernel's last two axes exchanged, where it is square. */
  private static View transposed(View view) {
    long[] strides = view.strides();
    int last = strides.length - 1;
    if (last < 3 || view.shape().dim(last) != view.shape().dim(last - 1)) {
      return view;
    }
    long kept = strides[last];
    strides[last] = strides[last - 1];
    strides[last - 1] = kept;
    return View.of(view.shape(), view.offset(), strides);
  }

  private static void convolutions(List<Mutant> all) {
    all.add(
        Mutant.of(
            "convolution with a flipped kernel",
            Rule.CONV_1,
            Spoiler.input(Convolution.class, 1, CompositeMutants::flipped)));
    all.add(
        Mutant.of(
            "padding that is off by one",
            Rule.CONV_2,
            Spoiler.swap(
                Convolution.class,
                op ->
                    new Convolution(
                        shifted(op.geometry()), op.bias(), op.residual(), op.activation()))));
    all.add(
        Mutant.of(
            "bias that is added after the activation",
            Rule.CONV_3,
            Spoiler.only(
                Convolution.class,
                (correct, call, operands) -> {
                  Convolution op = (Convolution) call.op();
                  if (!op.bias() || op.residual()) {
                    return correct.bind(call, operands);
                  }
                  Kernel kernel =
                      correct.bind(
                          OpCall.of(
                              new Convolution(op.geometry(), false, op.activation()),
                              call.inputs().subList(0, 2)),
                          Spoiler.with(operands.inputs().subList(0, 2), operands.outputs()));
                  return () -> {
                    kernel.run();
                    double[] y = Numbers.get(operands.output(0));
                    double[] bias = Numbers.get(operands.input(2));
                    int plane = y.length / operands.output(0).view().shape().dim(0) / bias.length;
                    for (int i = 0; i < y.length; i++) {
                      y[i] += bias[i / plane % bias.length];
                    }
                    Numbers.set(operands.output(0), y);
                  };
                })));
    all.add(
        Mutant.of(
            "an activation that is forgotten",
            Rule.CONV_3,
            Spoiler.swap(
                Convolution.class,
                op ->
                    new Convolution(
                        op.geometry(), op.bias(), op.residual(), Activation.IDENTITY))));
    all.add(
        Mutant.of(
            "a residual that is forgotten",
            Rule.CONV_3,
            Spoiler.values(
                Convolution.class,
                op -> op.residual() ? OptionalInt.of(op.residualInput()) : OptionalInt.empty(),
                (op, residual) -> new double[residual.length])));
    all.add(
        Mutant.of(
            "a normalisation's residual that is subtracted",
            Rule.NORM_5,
            Spoiler.values(
                BatchNormTraining.class,
                op ->
                    op.residual()
                        ? OptionalInt.of(BatchNormTraining.RESIDUAL_INPUT)
                        : OptionalInt.empty(),
                (op, residual) -> OpMutants.map(residual, v -> -v))));
    all.add(
        Mutant.of(
            "a normalisation's gradient that takes the activation for a straight line",
            Rule.NORM_5,
            Spoiler.values(
                BatchNormGradient.class,
                op ->
                    op.activation() == Activation.RELU
                        ? OptionalInt.of(BatchNormGradient.RESULT_INPUT)
                        : OptionalInt.empty(),
                (op, result) -> OpMutants.map(result, v -> 1))));
    all.add(
        Mutant.of(
            "an image's gradient with a flipped kernel",
            Rule.CONV_4,
            Spoiler.input(ConvolutionInputGradient.class, 0, CompositeMutants::flipped)));
    all.add(
        Mutant.of(
            "a filter's gradient that is transposed",
            Rule.CONV_5,
            Spoiler.output(ConvolutionFilterGradient.class, CompositeMutants::transposed)));
    all.add(
        Mutant.of(
            "a filter's gradient of the first sample alone",
            Rule.CONV_5,
            Spoiler.only(
                ConvolutionFilterGradient.class,
                (correct, call, operands) ->
                    Spoiler.values(
                            ConvolutionFilterGradient.class,
                            1,
                            (op, g) -> {
                              double[] first = g.clone();
                              int batch = Math.max(1, call.input(1).shape().dim(0));
                              Arrays.fill(first, g.length / batch, g.length, 0);
                              return first;
                            })
                        .bind(correct, call, operands))));
    all.add(
        Mutant.of(
            "convolution over one axis that does nothing",
            Rule.CONV_6,
            Spoiler.result(
                Convolution.class,
                0,
                (op, y) -> op.geometry().axes() == 1 ? new double[y.length] : y)));
    all.add(
        Mutant.of(
            "relu after convolution that swallows NaN",
            Rule.CONV_7,
            Spoiler.result(
                Convolution.class, 0, (op, y) -> OpMutants.map(y, v -> Double.isNaN(v) ? 0 : v))));
    all.add(
        Mutant.of(
            "linear layers without bias",
            Rule.LINEAR_1,
            Spoiler.only(
                Linear.class,
                (correct, call, operands) -> {
                  Linear op = (Linear) call.op();
                  return op.bias()
                      ? Spoiler.values(Linear.class, 2, (linear, b) -> new double[b.length])
                          .bind(correct, call, operands)
                      : correct.bind(call, operands);
                })));
  }

  private static void pools(List<Mutant> all) {
    all.add(
        Mutant.of(
            "padding that wins as 0",
            Rule.POOL_1,
            Spoiler.result(
                MaxPool.class,
                0,
                (op, y) ->
                    op.geometry().padBefore().get(0) > 0
                        ? OpMutants.map(y, v -> Math.max(0, v))
                        : y)));
    all.add(
        Mutant.of(
            "a place counted without the padding",
            Rule.POOL_2,
            Spoiler.result(
                MaxPool.class,
                1,
                (op, y) ->
                    OpMutants.map(y, v -> Math.max(0, v - op.geometry().padBefore().get(0))))));
    all.add(
        Mutant.of(
            "a maximum's gradient that is not added up",
            Rule.POOL_3,
            Spoiler.result(
                MaxPoolGradient.class, 0, (op, y) -> OpMutants.map(y, v -> Math.min(v, 1)))));
    all.add(
        Mutant.of(
            "a mean that counts the padding where it must not",
            Rule.POOL_4,
            Spoiler.swap(AveragePool.class, op -> new AveragePool(op.geometry(), true))));
    all.add(
        Mutant.of(
            "a mean's gradient that counts the padding where it must not",
            Rule.POOL_5,
            Spoiler.swap(
                AveragePoolGradient.class,
                op -> new AveragePoolGradient(op.geometry(), true, op.image()))));
    all.add(
        Mutant.of(
            "pooling over three axes that does nothing",
            Rule.POOL_6,
            Spoiler.result(
                MaxPool.class,
                0,
                (op, y) -> op.geometry().axes() == 3 ? new double[y.length] : y)));
  }

  private static void norms(List<Mutant> all) {
    all.add(
        Mutant.of(
            "the unbiased variance",
            Rule.NORM_1,
            Spoiler.after(
                BatchNormTraining.class,
                (op, operands) -> {
                  Operand variance = operands.output(2);
                  double n =
                      (double) operands.input(0).view().shape().elements()
                          / variance.view().shape().elements();
                  Numbers.set(variance, OpMutants.map(Numbers.get(variance), v -> v * n / (n - 1)));
                })));
    all.add(
        Mutant.of(
            "normalisation without epsilon",
            Rule.NORM_2,
            Spoiler.swap(
                BatchNormInference.class, op -> new BatchNormInference(0, op.activation()))));
    all.add(
        Mutant.of(
            "a gradient that takes the statistics for constant",
            Rule.NORM_3,
            Spoiler.after(BatchNormGradient.class, CompositeMutants::constantStatistics)));
    all.add(
        Mutant.of(
            "the variance from the mean of squares",
            Rule.NORM_4,
            Spoiler.result(
                BatchNormTraining.class,
                2,
                (op, y) -> OpMutants.map(y, v -> (float) (v + 1e6f) - 1e6f))));
  }

  private static void constantStatistics(BatchNormGradient op, Operands operands) {
    double[] gamma = Numbers.get(operands.input(1));
    double[] variance = Numbers.get(operands.input(3));
    double[] g = Numbers.get(operands.input(4));
    int batch = operands.input(0).view().shape().dim(0);
    int plane = g.length / batch / gamma.length;
    for (int i = 0; i < g.length; i++) {
      int c = i / plane % gamma.length;
      g[i] *= gamma[c] / Math.sqrt(variance[c] + op.epsilon());
    }
    Numbers.set(operands.output(0), g);
  }

  private static void classes(List<Mutant> all) {
    all.add(
        Mutant.of(
            "dropout that does not scale",
            Rule.DROPOUT_1,
            Spoiler.result(
                Dropout.class, 0, (op, y) -> OpMutants.map(y, v -> v * (1 - op.rate())))));
    all.add(
        Mutant.of(
            "dropout that keeps what it should drop",
            Rule.DROPOUT_1,
            Spoiler.swap(Dropout.class, op -> new Dropout(op.rate(), op.stream() + 1))));
    all.add(
        Mutant.of(
            "softmax that overflows",
            Rule.SOFTMAX_1,
            Spoiler.instead(
                Softmax.class,
                (op, operands) -> {
                  double[] x = Numbers.get(operands.input(0));
                  int n = operands.input(0).view().shape().dim(-1);
                  for (int first = 0; first < x.length; first += n) {
                    float sum = 0;
                    for (int i = first; i < first + n; i++) {
                      x[i] = (float) Math.exp(x[i]);
                      sum += (float) x[i];
                    }
                    for (int i = first; i < first + n; i++) {
                      x[i] /= sum;
                    }
                  }
                  Numbers.set(operands.output(0), x);
                })));
    all.add(
        Mutant.of(
            "softmax's gradient without the mean",
            Rule.SOFTMAX_2,
            Spoiler.instead(
                SoftmaxGradient.class,
                (op, operands) -> {
                  double[] y = Numbers.get(operands.input(0));
                  double[] g = Numbers.get(operands.input(1));
                  for (int i = 0; i < y.length; i++) {
                    y[i] *= g[i];
                  }
                  Numbers.set(operands.output(0), y);
                })));
    all.add(
        Mutant.of(
            "a loss to the base of 2",
            Rule.LOSS_1,
            Spoiler.result(
                SoftmaxCrossEntropy.class, 0, (op, y) -> OpMutants.map(y, v -> v / Math.log(2)))));
    all.add(
        Mutant.of(
            "a loss's gradient that ignores its own gradient",
            Rule.LOSS_2,
            Spoiler.values(
                SoftmaxCrossEntropyGradient.class, 2, (op, g) -> OpMutants.map(g, v -> 1))));
    all.add(
        Mutant.of(
            "ignored labels that count as the first class",
            Rule.LOSS_3,
            Spoiler.values(
                SoftmaxCrossEntropy.class, 1, (op, k) -> OpMutants.map(k, v -> Math.max(0, v)))));
    all.add(
        Mutant.of(
            "wrong labels that are ignored",
            Rule.LOSS_4,
            Spoiler.values(
                SoftmaxCrossEntropy.class,
                1,
                (op, k) -> OpMutants.map(k, v -> v < 0 || v > 4 ? -1 : v))));
  }

  private interface Columns {
    double of(double weight, int gate);
  }

  /** Changes the recurrent weight, column by column, of one cell. */
  private static Spoiler recurrentWeight(RecurrentCell cell, Columns columns) {
    int index = cell.hasCellState() ? 4 : 3;
    return Spoiler.only(
        Recurrent.class,
        (correct, call, operands) -> {
          if (((Recurrent) call.op()).cell() != cell) {
            return correct.bind(call, operands);
          }
          int width = call.input(index).shape().dim(1);
          int units = width / cell.gates();
          return Spoiler.values(
                  Recurrent.class,
                  index,
                  (op, w) -> {
                    double[] changed = w.clone();
                    for (int i = 0; i < w.length; i++) {
                      changed[i] = columns.of(w[i], i % width / units);
                    }
                    return changed;
                  })
              .bind(correct, call, operands);
        });
  }

  private static void recurrences(List<Mutant> all) {
    all.add(
        Mutant.of(
            "a first state that is taken for zero",
            Rule.RNN_1,
            Spoiler.values(Recurrent.class, 1, (op, h) -> new double[h.length])));
    all.add(
        Mutant.of(
            "gates that swallow NaN",
            Rule.NUMBER_2,
            Spoiler.result(
                Recurrent.class, 0, (op, y) -> OpMutants.map(y, v -> Double.isNaN(v) ? 1 : v))));
    all.add(
        Mutant.of(
            "relu in place of tanh",
            Rule.RNN_1,
            Spoiler.swap(
                Recurrent.class,
                op ->
                    op.cell() == RecurrentCell.TANH
                        ? new Recurrent(RecurrentCell.RELU, op.reserve())
                        : op)));
    all.add(
        Mutant.of("gates in the order i, f, o, g", Rule.RNN_2, CompositeMutants::exchangedGates));
    all.add(
        Mutant.of(
            "a forget gate that does not see the state",
            Rule.RNN_2,
            recurrentWeight(RecurrentCell.LSTM, (w, gate) -> gate == 1 ? 0 : w)));
    all.add(
        Mutant.of(
            "an update gate that works the other way round",
            Rule.RNN_3,
            recurrentWeight(RecurrentCell.GRU, (w, gate) -> gate == 1 ? -w : w)));
    all.add(
        Mutant.of(
            "reset before the product in place of after it",
            Rule.RNN_4,
            Spoiler.only(
                Recurrent.class,
                (correct, call, operands) -> {
                  Recurrent op = (Recurrent) call.op();
                  if (op.cell() != RecurrentCell.GRU_RESET_AFTER || op.reserve()) {
                    return correct.bind(call, operands);
                  }
                  return correct.bind(
                      OpCall.of(
                          new Recurrent(RecurrentCell.GRU, false), call.inputs().subList(0, 5)),
                      Spoiler.with(operands.inputs().subList(0, 5), operands.outputs()));
                })));
    all.add(
        Mutant.of(
            "a reserve that begins with the wrong gate",
            Rule.RNN_5,
            Spoiler.only(
                Recurrent.class,
                (correct, call, operands) -> {
                  Recurrent op = (Recurrent) call.op();
                  int units = call.input(1).shape().dim(1);
                  int row = op.cell().reserve() * units;
                  int last = operands.outputs().size() - 1;
                  boolean kept = op.reserve() && op.cell().reserve() > 0;
                  return kept
                      ? Spoiler.result(Recurrent.class, last, (same, y) -> exchanged(y, row, units))
                          .bind(correct, call, operands)
                      : correct.bind(call, operands);
                })));
    all.add(
        Mutant.of(
            "no gradient to the first state",
            Rule.RNN_6,
            Spoiler.result(RecurrentGradient.class, 1, (op, y) -> new double[y.length])));
    all.add(
        Mutant.of(
            "a gradient that does not see the last state's",
            Rule.RNN_6,
            Spoiler.only(
                RecurrentGradient.class,
                (correct, call, operands) ->
                    Spoiler.values(
                            RecurrentGradient.class,
                            call.inputs().size() - 1,
                            (op, g) -> new double[g.length])
                        .bind(correct, call, operands))));
  }

  /** Exchanges the columns of the last two gates in both weights and in the bias. */
  private static Kernel exchangedGates(Backend correct, OpCall call, Operands operands) {
    boolean lstm =
        call.op() instanceof Recurrent recurrent && recurrent.cell() == RecurrentCell.LSTM;
    if (!lstm) {
      return correct.bind(call, operands);
    }
    int units = call.input(1).shape().dim(1);
    Spoiler spoiler = Backend::bind;
    for (int index : new int[] {3, 4, 5}) {
      Spoiler inner = spoiler;
      spoiler =
          (backend, op, given) ->
              Spoiler.values(
                      Recurrent.class, index, (same, w) -> lastGatesExchanged(w, 4 * units, units))
                  .bind(new BrokenBackend(backend, inner), op, given);
    }
    return spoiler.bind(correct, call, operands);
  }

  private static double[] lastGatesExchanged(double[] w, int width, int units) {
    double[] changed = w.clone();
    for (int first = 0; first < w.length; first += width) {
      for (int j = 0; j < units; j++) {
        changed[first + 2 * units + j] = w[first + 3 * units + j];
        changed[first + 3 * units + j] = w[first + 2 * units + j];
      }
    }
    return changed;
  }

  /** Exchanges the first two parts of every row. */
  private static double[] exchanged(double[] values, int row, int part) {
    double[] changed = values.clone();
    for (int first = 0; first < values.length; first += row) {
      for (int j = 0; j < part; j++) {
        changed[first + j] = values[first + part + j];
        changed[first + part + j] = values[first + j];
      }
    }
    return changed;
  }

  private static void updates(List<Mutant> all) {
    all.add(
        Mutant.of(
            "momentum without Nesterov's step",
            Rule.OPT_1,
            Spoiler.swap(
                SgdUpdate.class, op -> new SgdUpdate(op.momentum(), false, op.weightDecay()))));
    all.add(
        Mutant.of(
            "descent without weight decay",
            Rule.OPT_1,
            Spoiler.swap(SgdUpdate.class, op -> new SgdUpdate(op.momentum(), op.nesterov(), 0))));
    all.add(
        Mutant.of(
            "Adam without its correction",
            Rule.OPT_2,
            Spoiler.values(AdamUpdate.class, 5, (op, step) -> new double[] {1e6})));
    all.add(
        Mutant.of(
            "weight decay in the gradient in place of beside it",
            Rule.OPT_2,
            Spoiler.swap(
                AdamUpdate.class,
                op ->
                    new AdamUpdate(
                        op.beta1(), op.beta2(), op.epsilon(), op.weightDecay(), false))));
    all.add(
        Mutant.of(
            "an update that clears its outputs first",
            Rule.OPT_3,
            Spoiler.only(
                SgdUpdate.class,
                (correct, call, operands) -> {
                  Kernel kernel = correct.bind(call, operands);
                  return () -> {
                    for (Operand output : operands.outputs()) {
                      Numbers.set(output, new double[(int) output.view().shape().elements()]);
                    }
                    kernel.run();
                  };
                })));
    all.add(
        Mutant.of(
            "a first moment that is a little too small, in training",
            Rule.MODEL_1,
            Spoiler.values(AdamUpdate.class, 2, (op, m) -> OpMutants.map(m, v -> 0.99 * v))));
    all.add(
        Mutant.of(
            "batch statistics that forget, in training",
            Rule.MODEL_2,
            Spoiler.result(
                BatchNormTraining.class, 1, (op, y) -> OpMutants.map(y, v -> 0.98 * v))));
    all.add(
        Mutant.of(
            "an LSTM's gradient that is a little too small, in training",
            Rule.MODEL_3,
            Spoiler.result(
                RecurrentGradient.class, 4, (op, y) -> OpMutants.map(y, v -> 0.98 * v))));
    all.add(
        Mutant.of(
            "a GRU's gradient that is a little too small, in training",
            Rule.MODEL_4,
            Spoiler.result(
                RecurrentGradient.class, 3, (op, y) -> OpMutants.map(y, v -> 0.98 * v))));
    all.add(
        Mutant.of(
            "a GRU's gradient that is a little too small, in training in both directions",
            Rule.MODEL_6,
            Spoiler.result(
                RecurrentGradient.class,
                3,
                (op, y) -> OpMutants.map(y, v -> op.cell() == RecurrentCell.GRU ? 0.98 * v : v))));
    all.add(
        Mutant.of(
            "other masks, in training",
            Rule.MODEL_5,
            Spoiler.swap(Dropout.class, op -> new Dropout(op.rate(), op.stream() ^ 1))));
  }
}
