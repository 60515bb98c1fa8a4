package dev.volute.conformance.op;

import dev.volute.conformance.rule.Rule;
import dev.volute.graph.composite.Activation;
import dev.volute.graph.composite.BatchNormGradient;
import dev.volute.graph.composite.BatchNormInference;
import dev.volute.graph.composite.BatchNormTraining;
import dev.volute.tensor.Shape;
import java.util.List;

/** Batch normalisation and its gradient. */
final class NormCases {
  private static final double EPSILON = 1e-5;

  private static final List<Shape> SHAPES =
      List.of(
          Shape.of(2, 1),
          Shape.of(3, 7),
          Shape.of(64, 13),
          Shape.of(1, 3, 17),
          Shape.of(2, 5, 1, 3),
          Shape.of(3, 17, 7, 7),
          Shape.of(13, 2, 31),
          Shape.of(2, 65, 3, 3),
          Shape.of(5, 3, 13, 17),
          Shape.of(2, 3, 2, 3, 5),
          Shape.of(2, 2, 64, 65),
          Shape.of(127, 2));

  private NormCases() {}

  static void addTo(CaseList cases) {
    Values factor = Values.uniform();
    for (Shape shape : SHAPES) {
      Shape channels = Shape.of(shape.dim(1));
      Values x = cases.oneOf(Values.uniform(), Values.between(2, 4), Values.between(-30, 50));
      for (Activation activation : List.of(Activation.IDENTITY, cases.oneOf(Activation.values()))) {
        cases
            .of(Rule.NORM_1, new BatchNormTraining(EPSILON, activation))
            .in(shape, x)
            .in(channels, factor)
            .in(channels, factor)
            .anyBinding()
            .allow(NormErrors::training);
        cases
            .of(Rule.NORM_2, new BatchNormInference(EPSILON, activation))
            .in(shape, x)
            .in(channels, factor)
            .in(channels, factor)
            .in(channels, factor)
            .in(channels, Values.between(0.1, 2))
            .anyBindingOrConstant()
            .allow(NormErrors::inference);
      }
      cases
          .of(Rule.NORM_3, new BatchNormGradient(EPSILON))
          .in(shape, x)
          .in(channels, factor)
          .in(channels, factor)
          .in(channels, Values.between(0.1, 2))
          .in(shape, factor)
          .anyBinding()
          .allow(NormErrors::gradient);
      for (Activation activation : Activation.values()) {
        cases
            .of(Rule.NORM_5, new BatchNormTraining(EPSILON, true, activation))
            .in(shape, x)
            .in(channels, factor)
            .in(channels, factor)
            .in(shape, factor)
            .anyBinding()
            .allow(NormErrors::training);
        if (activation != Activation.IDENTITY) {
          cases
              .of(Rule.NORM_5, new BatchNormGradient(EPSILON, activation))
              .in(shape, x)
              .in(channels, factor)
              .in(channels, factor)
              .in(channels, Values.between(0.1, 2))
              .in(shape, factor)
              .in(shape, results(activation))
              .anyBinding()
              .allow(NormErrors::gradient);
        }
      }
      cases
          .of(Rule.NORM_4, new BatchNormTraining(EPSILON, Activation.IDENTITY))
          .in(shape, Values.between(999, 1001))
          .in(channels, Values.between(0.5, 1))
          .in(channels, factor)
          .allow(NormErrors::training);
    }
    // Channels without deviation: epsilon alone keeps the quotient finite.
    cases
        .of(Rule.NORM_1, new BatchNormTraining(EPSILON, Activation.IDENTITY))
        .in(Shape.of(4, 3, 5), Values.fixed(0.75))
        .in(Shape.of(3), factor)
        .in(Shape.of(3), factor)
        .allow(NormErrors::training);
    cases
        .of(Rule.NORM_2, new BatchNormInference(EPSILON, Activation.RELU))
        .in(Shape.of(0, 3, 5), factor)
        .in(Shape.of(3), factor)
        .in(Shape.of(3), factor)
        .in(Shape.of(3), factor)
        .in(Shape.of(3), Values.between(0.1, 2))
        .allow(ErrorModel.exact());
    cases
        .of(Rule.NORM_2, new BatchNormInference(EPSILON, Activation.IDENTITY))
        .in(Shape.of(3, 2, 31), Values.special())
        .in(Shape.of(2), Values.between(0.5, 1))
        .in(Shape.of(2), factor)
        .in(Shape.of(2), factor)
        .in(Shape.of(2), Values.between(0.1, 2))
        .allow(NormErrors::inference);
  }

  /** What an activation can give. */
  private static Values results(Activation activation) {
    return switch (activation) {
      case SIGMOID -> Values.between(0, 1);
      case RELU6 -> Values.between(-1, 7);
      case RELU, TANH, IDENTITY -> Values.uniform();
    };
  }
}
