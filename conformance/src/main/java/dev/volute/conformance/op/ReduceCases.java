package dev.volute.conformance.op;

import dev.volute.conformance.rule.Rule;
import dev.volute.graph.Reduce;
import dev.volute.spi.OpCall;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Sums, extremes and the place of the largest. */
final class ReduceCases {
  private ReduceCases() {}

  static void addTo(CaseList cases) {
    for (Shape shape : shapes()) {
      for (Reduce.Function function : Reduce.Function.values()) {
        Reduce op = new Reduce(function, axes(cases, function, shape));
        boolean sum = function == Reduce.Function.SUM;
        cases
            .of(sum ? Rule.REDUCE_1 : Rule.REDUCE_2, op)
            .in(shape, Values.uniform(), cases.any())
            .to(cases.injective())
            .anyBinding()
            .allow(sum ? ErrorModel.sums(ReduceCases::terms) : ErrorModel.exact());
        cases
            .of(sum ? Rule.REDUCE_5 : Rule.REDUCE_2, op)
            .in(shape, Values.special(), cases.any())
            .to(cases.injective())
            .allow(sum ? ErrorModel.sums(ReduceCases::terms) : ErrorModel.exact());
        if (function == Reduce.Function.ARGMAX) {
          cases
              .of(Rule.REDUCE_3, op)
              .in(shape, Values.repeated(), cases.any())
              .to(cases.injective())
              .allow(ErrorModel.exact());
        }
      }
    }
    largeAndEmpty(cases);
    otherTypes(cases);
    // 1000 numbers below the smallest normal one have a sum above it.
    cases
        .of(Rule.NUMBER_1, new Reduce(Reduce.Function.SUM, List.of(1)))
        .in(Shape.of(7, 1000), Values.between(0x1p-128, 0x1p-127))
        .allow(ErrorModel.sums(ReduceCases::terms));
    cases
        .of(Rule.NUMBER_1, new Reduce(Reduce.Function.MAX, List.of(1)))
        .in(Shape.of(7, 100), Values.subnormal())
        .allow(ErrorModel.identical());
  }

  private static List<Shape> shapes() {
    List<Shape> shapes = new ArrayList<>(List.of(Shape.of(5, 1, 7, 3), Shape.of(2, 3, 5, 7, 3)));
    for (int length : Sizes.LENGTHS) {
      shapes.add(Shape.of(length));
      shapes.add(Shape.of(length, 3));
      shapes.add(Shape.of(2, length));
      shapes.add(Shape.of(3, length, 5));
    }
    return shapes;
  }

  /** Terms of one sum. */
  private static double terms(OpCall call) {
    return (double) call.input(0).shape().elements()
        / Math.max(1, call.output(0).shape().elements());
  }

  /** Some axes, or one for the place of the largest. */
  private static List<Integer> axes(CaseList cases, Reduce.Function function, Shape shape) {
    int rank = shape.rank();
    if (function == Reduce.Function.ARGMAX) {
      return List.of(cases.random().nextInt(rank));
    }
    int chosen = 1 + cases.random().nextInt((1 << rank) - 1);
    return IntStream.range(0, rank).filter(axis -> (chosen >> axis & 1) == 1).boxed().toList();
  }

  private static void largeAndEmpty(CaseList cases) {
    for (List<Integer> axes : List.of(List.of(0), List.of(1), List.of(0, 1))) {
      Reduce sum = new Reduce(Reduce.Function.SUM, axes);
      for (Shape shape : List.of(Shape.of(50_000, 3), Shape.of(3, 50_000), Shape.of(300, 301))) {
        cases
            .of(Rule.REDUCE_1, sum)
            .in(shape, Values.between(0, 1))
            .allow(ErrorModel.sums(ReduceCases::terms));
      }
      for (Shape shape : List.of(Shape.of(0, 3), Shape.of(3, 0))) {
        cases.of(Rule.REDUCE_4, sum).in(shape, Values.uniform()).allow(ErrorModel.exact());
      }
    }
    cases
        .of(Rule.REDUCE_1, new Reduce(Reduce.Function.SUM, List.of()))
        .in(Shape.of(3, 5), Values.uniform(), Layout.SCATTERED)
        .allow(ErrorModel.exact());
    cases
        .of(Rule.REDUCE_4, new Reduce(Reduce.Function.SUM, List.of(1)))
        .in(Shape.of(2, 0, 7), Values.uniform())
        .to(Layout.SCATTERED)
        .allow(ErrorModel.exact());
    for (Reduce.Function function : Reduce.Function.values()) {
      cases
          .of(
              function == Reduce.Function.SUM ? Rule.REDUCE_1 : Rule.REDUCE_2,
              new Reduce(function, List.of(1)))
          .in(Shape.of(0, 3), Values.uniform())
          .allow(ErrorModel.exact());
    }
  }

  private static void otherTypes(CaseList cases) {
    for (Reduce.Function function : Reduce.Function.values()) {
      boolean sum = function == Reduce.Function.SUM;
      for (List<Integer> axes : List.of(List.of(0), List.of(1))) {
        cases
            .of(sum ? Rule.REDUCE_1 : Rule.REDUCE_2, new Reduce(function, axes))
            .in(Shape.of(13, 31), Values.uniform().as(DType.F64), cases.any())
            .to(cases.injective())
            .allow(sum ? ErrorModel.sums(ReduceCases::terms) : ErrorModel.exact());
        cases
            .of(sum ? Rule.REDUCE_1 : Rule.REDUCE_2, new Reduce(function, axes))
            .in(Shape.of(7, 17), Values.integers(-1000, 1000), cases.any())
            .to(cases.injective())
            .allow(ErrorModel.exact());
      }
    }
  }
}
