package dev.volute.conformance.reference;

import dev.volute.graph.Op;
import dev.volute.graph.composite.Activation;
import dev.volute.graph.composite.AdamUpdate;
import dev.volute.graph.composite.AveragePool;
import dev.volute.graph.composite.AveragePoolGradient;
import dev.volute.graph.composite.BatchNormGradient;
import dev.volute.graph.composite.BatchNormInference;
import dev.volute.graph.composite.BatchNormTraining;
import dev.volute.graph.composite.Convolution;
import dev.volute.graph.composite.ConvolutionChain;
import dev.volute.graph.composite.ConvolutionFilterGradient;
import dev.volute.graph.composite.ConvolutionInputGradient;
import dev.volute.graph.composite.Dropout;
import dev.volute.graph.composite.EmbeddedRecurrent;
import dev.volute.graph.composite.EmbeddedRecurrentGradient;
import dev.volute.graph.composite.Linear;
import dev.volute.graph.composite.MaxPool;
import dev.volute.graph.composite.MaxPoolGradient;
import dev.volute.graph.composite.Recurrent;
import dev.volute.graph.composite.RecurrentGradient;
import dev.volute.graph.composite.SgdUpdate;
import dev.volute.graph.composite.Softmax;
import dev.volute.graph.composite.SoftmaxCrossEntropy;
import dev.volute.graph.composite.SoftmaxCrossEntropyGradient;
import dev.volute.graph.composite.SoftmaxGradient;
import dev.volute.spi.Kernel;
import dev.volute.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;

/** The composites, each computed from its equations and not from its lowering. */
final class Composites {
  /** Binds an op of one class. */
  @FunctionalInterface
  private interface Binding<T extends Op> {
    Kernel bind(T op, List<Elements> x, List<Elements> y);
  }

  private static final Map<Class<? extends Op>, Binding<Op>> BINDINGS =
      Map.ofEntries(
          of(Linear.class, (op, x, y) -> linear(op, x, y.get(0))),
          of(Convolution.class, (op, x, y) -> convolution(op, x, y.get(0))),
          of(ConvolutionChain.class, (op, x, y) -> chain(op, x, y.get(0))),
          of(ConvolutionInputGradient.class, (op, x, y) -> inputGradient(op, x, y.get(0))),
          of(
              ConvolutionFilterGradient.class,
              (op, x, y) -> Convolutions.filterGradient(op, x.get(0), x.get(1), y.get(0))),
          of(MaxPool.class, (op, x, y) -> Pools.max(op, x.get(0), y)),
          of(
              MaxPoolGradient.class,
              (op, x, y) -> Pools.maxGradient(op, x.get(0), x.get(1), y.get(0))),
          of(AveragePool.class, (op, x, y) -> Pools.average(op, x.get(0), y.get(0))),
          of(
              AveragePoolGradient.class,
              (op, x, y) -> Pools.averageGradient(op, x.get(0), y.get(0))),
          of(BatchNormTraining.class, BatchNorms::training),
          of(BatchNormInference.class, (op, x, y) -> BatchNorms.inference(op, x, y.get(0))),
          of(BatchNormGradient.class, BatchNorms::gradient),
          of(Dropout.class, (op, x, y) -> Tables.dropout(op, x.get(0), x.get(1), y.get(0))),
          of(Softmax.class, (op, x, y) -> Classes.softmax(x.get(0), y.get(0))),
          of(
              SoftmaxGradient.class,
              (op, x, y) -> Classes.softmaxGradient(x.get(0), x.get(1), y.get(0))),
          of(SoftmaxCrossEntropy.class, (op, x, y) -> Classes.crossEntropy(x.get(0), x.get(1), y)),
          of(
              SoftmaxCrossEntropyGradient.class,
              (op, x, y) -> Classes.crossEntropyGradient(x.get(0), x.get(1), x.get(2), y.get(0))),
          of(Recurrent.class, RecurrentForward::kernel),
          of(RecurrentGradient.class, RecurrentBackward::kernel),
          of(EmbeddedRecurrent.class, EmbeddedRecurrences::forward),
          of(EmbeddedRecurrentGradient.class, EmbeddedRecurrences::gradient),
          of(SgdUpdate.class, Updates::sgd),
          of(AdamUpdate.class, Updates::adam));

  private Composites() {}

  private static <T extends Op> Map.Entry<Class<? extends Op>, Binding<Op>> of(
      Class<T> type, Binding<T> binding) {
    return Map.entry(type, (op, x, y) -> binding.bind(type.cast(op), x, y));
  }

  static boolean contains(Op op) {
    return BINDINGS.containsKey(op.getClass());
  }

  static Optional<Kernel> kernel(Op op, List<Elements> x, List<Elements> y) {
    return Optional.ofNullable(BINDINGS.get(op.getClass())).map(each -> each.bind(op, x, y));
  }

  private static Kernel linear(Linear op, List<Elements> x, Elements y) {
    return op.bias()
        ? Reductions.linear(op, x.get(0), x.get(1), x.get(2)::get, y)
        : Reductions.linear(op, x.get(0), x.get(1), column -> 0, y);
  }

  private static Kernel convolution(Convolution op, List<Elements> x, Elements y) {
    IntToDoubleFunction bias = op.bias() ? x.get(2)::get : filter -> 0;
    IntToDoubleFunction residual = op.residual() ? x.get(op.residualInput())::get : place -> 0;
    return Convolutions.forward(op, x.get(0), x.get(1), bias, residual, y);
  }

  private static Kernel inputGradient(ConvolutionInputGradient op, List<Elements> x, Elements dx) {
    IntToDoubleFunction residual =
        op.residual() ? x.get(ConvolutionInputGradient.RESIDUAL_INPUT)::get : place -> 0;
    IntToDoubleFunction result =
        op.activation() == Activation.IDENTITY ? place -> 0 : x.get(op.resultInput())::get;
    return Convolutions.inputGradient(op, x.get(0), x.get(1), residual, result, dx);
  }

  private static Kernel chain(ConvolutionChain op, List<Elements> x, Elements y) {
    List<Kernel> kernels = new ArrayList<>();
    Elements image = x.get(0);
    for (int i = 0; i < op.stages().size(); i++) {
      Convolution stage = op.stages().get(i);
      List<Elements> own = op.inputs(i, image, x);
      boolean last = i + 1 == op.stages().size();
      Shape result = stage.geometry().output(image.shape(), own.get(1).shape());
      image = last ? y : Elements.of(y.memory().dtype(), result);
      kernels.add(convolution(stage, own, image));
    }
    return () -> kernels.forEach(Kernel::run);
  }
}
