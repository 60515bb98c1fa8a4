package dev.volute.conformance.broken;

import dev.volute.conformance.rule.Rule;
import dev.volute.graph.Copy;
import dev.volute.graph.composite.AdamUpdate;
import dev.volute.graph.composite.AveragePool;
import dev.volute.graph.composite.BatchNormGradient;
import dev.volute.graph.composite.BatchNormTraining;
import dev.volute.graph.composite.Convolution;
import dev.volute.graph.composite.ConvolutionInputGradient;
import dev.volute.graph.composite.Dropout;
import dev.volute.graph.composite.EmbeddedRecurrentGradient;
import dev.volute.graph.composite.MaxPool;
import dev.volute.graph.composite.Recurrent;
import dev.volute.graph.composite.RecurrentCell;
import dev.volute.graph.composite.RecurrentGradient;
import dev.volute.graph.composite.SgdUpdate;
import dev.volute.graph.composite.Softmax;
import dev.volute.graph.composite.SoftmaxCrossEntropy;
import dev.volute.graph.composite.SoftmaxCrossEntropyGradient;
import dev.volute.graph.composite.SoftmaxGradient;
import dev.volute.spi.Kernel;
import dev.volute.spi.Operand;
import dev.volute.tensor.View;
import java.util.ArrayList;
import java.util.List;

/** Flaws of other composites, and flaws of all that laws and other frameworks show. */
final class CompositeMutants {
  private CompositeMutants() {}

  static List<Mutant> all() {
    List<Mutant> all = new ArrayList<>();
    classes(all);
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
            Spoiler.input(ConvolutionInputGradient.class, 0, SpatialMutants::flipped)));
    all.add(
        Mutant.of(
            "a mean that counts the padding where it must not, against PyTorch",
            Rule.GOLD_2,
            Spoiler.swap(AveragePool.class, op -> new AveragePool(op.geometry(), true))));
    all.add(
        Mutant.of(
            "a gradient that takes the statistics for constant, against PyTorch",
            Rule.GOLD_3,
            Spoiler.after(BatchNormGradient.class, SpatialMutants::constantStatistics)));
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
            RecurrentMutants::exchangedGates));
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
    Spoiler flipping = Spoiler.input(Convolution.class, 1, SpatialMutants::flipped);
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
            RecurrentMutants::exchangedGates));
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
                EmbeddedRecurrentGradient.class, 4, (op, y) -> OpMutants.map(y, v -> 0.98 * v))));
    all.add(
        Mutant.of(
            "a GRU's gradient that is a little too small, in training",
            Rule.MODEL_4,
            Spoiler.result(
                EmbeddedRecurrentGradient.class, 3, (op, y) -> OpMutants.map(y, v -> 0.98 * v))));
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
