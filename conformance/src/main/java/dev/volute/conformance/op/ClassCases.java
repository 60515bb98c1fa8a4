package dev.volute.conformance.op;

import dev.volute.conformance.rule.Rule;
import dev.volute.graph.composite.Softmax;
import dev.volute.graph.composite.SoftmaxCrossEntropy;
import dev.volute.graph.composite.SoftmaxCrossEntropyGradient;
import dev.volute.graph.composite.SoftmaxGradient;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import java.util.List;

/** Softmax, cross-entropy and their gradients. */
final class ClassCases {
  private ClassCases() {}

  static void addTo(CaseList cases) {
    for (int classes : Sizes.LENGTHS) {
      int rows = cases.oneOf(1, 2, 3, 13, 31);
      for (Values logits :
          List.of(Values.uniform(), Values.between(-60, 60), Values.between(990, 1000))) {
        softmax(cases, Shape.of(rows, classes), logits);
        loss(cases, rows, classes, logits);
      }
    }
    softmax(cases, Shape.of(7), Values.uniform());
    softmax(cases, Shape.of(2, 3, 1, 17), Values.uniform());
    softmax(cases, Shape.of(0, 5), Values.uniform());
    softmax(cases, Shape.of(3, 4000), Values.between(-5, 5));
    loss(cases, 100, 10, Values.between(-5, 5));
    loss(cases, 0, 10, Values.uniform());
    cases
        .of(Rule.SOFTMAX_1, new Softmax())
        .in(Shape.of(31, 13), Values.rarely(Double.NaN, Double.NEGATIVE_INFINITY))
        .allow(ClassErrors::softmax);
  }

  private static void softmax(CaseList cases, Shape shape, Values logits) {
    cases
        .of(Rule.SOFTMAX_1, new Softmax())
        .in(shape, logits)
        .anyBinding()
        .allow(ClassErrors::softmax);
    cases
        .of(Rule.SOFTMAX_2, new SoftmaxGradient())
        .in(shape, Values.between(0, 1))
        .in(shape, Values.uniform())
        .anyBinding()
        .allow(ClassErrors::softmaxGradient);
  }

  private static void loss(CaseList cases, int rows, int classes, Values logits) {
    Shape shape = Shape.of(rows, classes);
    Values some =
        new Values(DType.I32, (i, count, random) -> i % 3 == 1 ? -1 : random.nextInt(classes));
    for (boolean ignoring : new boolean[] {false, true}) {
      Values labels = ignoring ? some : Values.integers(0, classes);
      cases
          .of(ignoring ? Rule.LOSS_3 : Rule.LOSS_1, new SoftmaxCrossEntropy())
          .in(shape, logits)
          .in(Shape.of(rows), labels)
          .anyBinding()
          .allow(ClassErrors::crossEntropy);
      cases
          .of(ignoring ? Rule.LOSS_3 : Rule.LOSS_2, new SoftmaxCrossEntropyGradient())
          .in(shape, Values.between(0, 1))
          .in(Shape.of(rows), labels)
          .in(Shape.of(rows), Values.uniform())
          .anyBinding()
          .allow(ClassErrors::crossEntropyGradient);
    }
  }
}
