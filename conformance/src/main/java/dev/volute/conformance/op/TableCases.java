package dev.volute.conformance.op;

import dev.volute.conformance.rule.Rule;
import dev.volute.graph.Gather;
import dev.volute.graph.RandomUniform;
import dev.volute.graph.ScatterAdd;
import dev.volute.graph.composite.Dropout;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import java.util.List;

/** Rows by number, and random numbers. */
final class TableCases {
  private TableCases() {}

  static void addTo(CaseList cases) {
    List<Shape> rows =
        List.of(Shape.scalar(), Shape.of(1), Shape.of(13), Shape.of(64), Shape.of(3, 7));
    List<Shape> indices =
        List.of(Shape.scalar(), Shape.of(1), Shape.of(31), Shape.of(3, 17), Shape.of(0));
    for (Shape row : rows) {
      for (Shape index : indices) {
        int count = cases.oneOf(1, 7, 100);
        gatherAndScatter(cases, row, index, count);
      }
    }
    cases
        .of(Rule.GATHER_1, new Gather())
        .in(Shape.of(7, 3), Values.integers(-100, 100), cases.any())
        .in(Shape.of(13), Values.integers(0, 7), cases.any())
        .allow(ErrorModel.exact());
    cases
        .of(Rule.SCATTER_1, new ScatterAdd(2))
        .in(Shape.of(5_000), Values.integers(0, 2))
        .in(Shape.of(5_000, 3), Values.uniform())
        .allow(ErrorModel.sums(5_000));
    random(cases);
    IndexCheck.addTo(cases);
  }

  private static Shape behind(Shape first, Shape rest) {
    Shape shape = first;
    for (int axis = 0; axis < rest.rank(); axis++) {
      shape = shape.append(rest.dim(axis));
    }
    return shape;
  }

  private static void gatherAndScatter(CaseList cases, Shape row, Shape index, int count) {
    cases
        .of(Rule.GATHER_1, new Gather())
        .in(row.prepend(count), Values.special(), cases.any())
        .in(index, Values.integers(0, count), cases.any())
        .to(cases.injective())
        .anyBinding()
        .allow(ErrorModel.identical());
    cases
        .of(Rule.SCATTER_1, new ScatterAdd(count))
        .in(index, Values.integers(0, count), cases.any())
        .in(behind(index, row), Values.uniform(), cases.any())
        .to(cases.injective())
        .anyBinding()
        .allow(ErrorModel.sums(index.elements()));
  }

  private static void random(CaseList cases) {
    for (Shape shape : Sizes.SHAPES) {
      cases
          .of(Rule.RANDOM_1, new RandomUniform(shape, cases.random().nextInt(9)))
          .in(Shape.of(3), Values.integers(Integer.MIN_VALUE, Integer.MAX_VALUE), cases.any())
          .to(cases.injective())
          .allow(ErrorModel.exact());
      cases
          .of(Rule.DROPOUT_1, new Dropout(cases.oneOf(0.0, 0.125, 0.5, 0.9), 2))
          .in(shape, Values.uniform())
          .in(Shape.of(3), Values.integers(0, 1000))
          .anyBinding()
          .allow(ErrorModel.ulps(2));
    }
    cases
        .of(Rule.DROPOUT_1, new Dropout(0.5, 1))
        .in(Shape.of(300), Values.special())
        .in(Shape.of(3), Values.fixedIntegers(7, 1, 3))
        .allow(ErrorModel.ulps(2));
    cases
        .of(Rule.RANDOM_1, new RandomUniform(Shape.of(100, 127), 3))
        .in(Shape.of(3), Values.fixedIntegers(-1, -1, -1).as(DType.I32))
        .allow(ErrorModel.exact());
  }
}
