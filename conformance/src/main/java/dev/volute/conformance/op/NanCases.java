package dev.volute.conformance.op;

import dev.volute.conformance.rule.Rule;
import dev.volute.graph.Op;
import dev.volute.graph.composite.Activation;
import dev.volute.graph.composite.AdamUpdate;
import dev.volute.graph.composite.AveragePool;
import dev.volute.graph.composite.AveragePoolGradient;
import dev.volute.graph.composite.BatchNormGradient;
import dev.volute.graph.composite.BatchNormTraining;
import dev.volute.graph.composite.ConvolutionFilterGradient;
import dev.volute.graph.composite.ConvolutionGeometry;
import dev.volute.graph.composite.ConvolutionInputGradient;
import dev.volute.graph.composite.Linear;
import dev.volute.graph.composite.PoolGeometry;
import dev.volute.graph.composite.Recurrent;
import dev.volute.graph.composite.RecurrentCell;
import dev.volute.graph.composite.SgdUpdate;
import dev.volute.graph.composite.SoftmaxCrossEntropy;
import dev.volute.graph.composite.SoftmaxGradient;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import java.util.List;

/**
 * One NaN among ordinary numbers, for composites whose other cases have none. What depends on it
 * must be NaN; how far kernels spread it beyond is left to them.
 */
final class NanCases {
  private static final Values ORDINARY = Values.uniform();
  private static final Values WITH_NAN =
      new Values(
          DType.F32,
          (i, count, random) -> i == count / 2 ? Double.NaN : 2 * random.nextDouble() - 1);

  private NanCases() {}

  private static CaseList.Draft of(CaseList cases, Op op) {
    return cases.of(Rule.NUMBER_2, op);
  }

  static void addTo(CaseList cases) {
    for (RecurrentCell cell : RecurrentCell.values()) {
      for (int input : new int[] {0, 1}) {
        recurrent(cases, cell, input);
      }
    }
    for (Activation activation : Activation.values()) {
      of(cases, new Linear(activation, true))
          .in(Shape.of(7, 31), WITH_NAN)
          .in(Shape.of(31, 17), ORDINARY)
          .in(Shape.of(17), ORDINARY)
          .allow(ErrorModel.classOfNumber());
      of(cases, new BatchNormTraining(1e-5, activation))
          .in(Shape.of(3, 5, 13), WITH_NAN)
          .in(Shape.of(5), ORDINARY)
          .in(Shape.of(5), ORDINARY)
          .allow(ErrorModel.classOfNumber());
    }
    images(cases);
    Shape rows = Shape.of(5, 31);
    of(cases, new SoftmaxGradient())
        .in(rows, Values.between(0, 1))
        .in(rows, WITH_NAN)
        .allow(ErrorModel.classOfNumber());
    of(cases, new SoftmaxCrossEntropy())
        .in(rows, WITH_NAN)
        .in(Shape.of(5), Values.integers(0, 31))
        .allow(ErrorModel.classOfNumber());
    updates(cases);
  }

  private static void recurrent(CaseList cases, RecurrentCell cell, int input) {
    List<OpCase.Input> inputs = RecurrentCases.inputs(cell, new int[] {3, 5, 7, 13});
    CaseList.Draft draft = of(cases, new Recurrent(cell, true));
    for (int i = 0; i < inputs.size(); i++) {
      draft.in(inputs.get(i).shape(), i == input ? WITH_NAN : inputs.get(i).values());
    }
    draft.allow(ErrorModel.classOfNumber());
  }

  private static void images(CaseList cases) {
    Shape image = Shape.of(2, 3, 7, 9);
    List<Integer> ones = List.of(1, 1);
    PoolGeometry pool = new PoolGeometry(List.of(3, 2), List.of(2, 1), ones, ones);
    of(cases, new AveragePool(pool, true)).in(image, WITH_NAN).allow(ErrorModel.classOfNumber());
    of(cases, new AveragePoolGradient(pool, false, image))
        .in(pool.output(image), WITH_NAN)
        .allow(ErrorModel.classOfNumber());
    ConvolutionGeometry geometry = new ConvolutionGeometry(ones, ones, ones, ones, 1);
    Shape filter = Shape.of(4, 3, 3, 3);
    of(cases, new ConvolutionFilterGradient(geometry, filter))
        .in(image, ORDINARY)
        .in(geometry.output(image, filter), WITH_NAN)
        .allow(ErrorModel.classOfNumber());
    of(cases, new ConvolutionInputGradient(geometry, image, true, Activation.RELU))
        .in(filter, ORDINARY)
        .in(geometry.output(image, filter), ORDINARY)
        .in(image, WITH_NAN)
        .in(image, ORDINARY)
        .allow(ErrorModel.classOfNumber());
    Shape channels = Shape.of(3);
    of(cases, new BatchNormGradient(1e-5))
        .in(image, ORDINARY)
        .in(channels, ORDINARY)
        .in(channels, ORDINARY)
        .in(channels, Values.between(0.5, 2))
        .in(image, WITH_NAN)
        .allow(ErrorModel.classOfNumber());
  }

  private static void updates(CaseList cases) {
    Shape shape = Shape.of(31);
    of(cases, new SgdUpdate(0.9, true, 0.01))
        .in(shape, ORDINARY)
        .in(shape, WITH_NAN)
        .in(shape, ORDINARY)
        .in(Shape.scalar(), Values.fixed(0.1))
        .allow(ErrorModel.classOfNumber());
    of(cases, new AdamUpdate(0.9, 0.999, 1e-8, 0.01, true))
        .in(shape, ORDINARY)
        .in(shape, WITH_NAN)
        .in(shape, ORDINARY)
        .in(shape, Values.between(0, 1))
        .in(Shape.scalar(), Values.fixed(1e-3))
        .in(Shape.scalar(), Values.fixed(3))
        .allow(ErrorModel.classOfNumber());
  }
}
