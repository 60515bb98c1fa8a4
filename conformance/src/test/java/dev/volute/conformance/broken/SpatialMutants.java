package dev.volute.conformance.broken;

import dev.volute.conformance.rule.Rule;
import dev.volute.graph.composite.Activation;
import dev.volute.graph.composite.AveragePool;
import dev.volute.graph.composite.AveragePoolGradient;
import dev.volute.graph.composite.BatchNormGradient;
import dev.volute.graph.composite.BatchNormInference;
import dev.volute.graph.composite.BatchNormTraining;
import dev.volute.graph.composite.Convolution;
import dev.volute.graph.composite.ConvolutionChain;
import dev.volute.graph.composite.ConvolutionFilterGradient;
import dev.volute.graph.composite.ConvolutionGeometry;
import dev.volute.graph.composite.ConvolutionInputGradient;
import dev.volute.graph.composite.Linear;
import dev.volute.graph.composite.MaxPool;
import dev.volute.graph.composite.MaxPoolGradient;
import dev.volute.spi.Kernel;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operand;
import dev.volute.spi.Operands;
import dev.volute.tensor.View;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/** Flaws of convolutions, pools and batch normalisation. */
final class SpatialMutants {
  private SpatialMutants() {}

  static List<Mutant> all() {
    List<Mutant> all = new ArrayList<>();
    convolutions(all);
    pools(all);
    norms(all);
    return all;
  }

  /** Off by half of what minimal filtering may be off by. */
  private static double[] shiftedByLargest(double[] y) {
    double largest = Arrays.stream(y).map(Math::abs).filter(Double::isFinite).max().orElse(0);
    return Arrays.stream(y).map(v -> v + 0x1p-22 * largest).toArray();
  }

  private static void convolutions(List<Mutant> all) {
    all.add(
        Mutant.of(
            "sums that are as accurate as minimal filtering, whatever was asked for",
            Rule.CONV_8,
            Spoiler.result(Convolution.class, 0, (op, y) -> shiftedByLargest(y))));
    all.add(
        Mutant.of(
            "convolution with a flipped kernel",
            Rule.CONV_1,
            Spoiler.input(Convolution.class, 1, SpatialMutants::flipped)));
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
            Spoiler.input(ConvolutionInputGradient.class, 0, SpatialMutants::flipped)));
    all.add(
        Mutant.of(
            "another gradient to an image that is forgotten",
            Rule.CONV_9,
            Spoiler.values(
                ConvolutionInputGradient.class,
                op ->
                    op.residual()
                        ? OptionalInt.of(ConvolutionInputGradient.RESIDUAL_INPUT)
                        : OptionalInt.empty(),
                (op, residual) -> new double[residual.length])));
    all.add(
        Mutant.of(
            "a gradient to an image that passes a relu where that gave 0",
            Rule.CONV_9,
            Spoiler.values(
                ConvolutionInputGradient.class,
                op ->
                    op.activation() == Activation.RELU
                        ? OptionalInt.of(op.resultInput())
                        : OptionalInt.empty(),
                (op, result) -> OpMutants.map(result, v -> v == 0 ? 1 : v))));
    all.add(
        Mutant.of(
            "a filter's gradient that is transposed",
            Rule.CONV_5,
            Spoiler.output(ConvolutionFilterGradient.class, SpatialMutants::transposed)));
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
            "a chain that forgets its first activation",
            Rule.CONV_10,
            Spoiler.swap(ConvolutionChain.class, SpatialMutants::withoutFirstActivation)));
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

  private static ConvolutionChain withoutFirstActivation(ConvolutionChain op) {
    List<Convolution> stages = new ArrayList<>(op.stages());
    Convolution first = stages.get(0);
    stages.set(
        0, new Convolution(first.geometry(), first.bias(), first.residual(), Activation.IDENTITY));
    return new ConvolutionChain(stages);
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
            Spoiler.after(BatchNormGradient.class, SpatialMutants::constantStatistics)));
    all.add(
        Mutant.of(
            "the variance from the mean of squares",
            Rule.NORM_4,
            Spoiler.result(
                BatchNormTraining.class,
                2,
                (op, y) -> OpMutants.map(y, v -> (float) (v + 1e6f) - 1e6f))));
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
  static View flipped(View view) {
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

  static void constantStatistics(BatchNormGradient op, Operands operands) {
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
}
