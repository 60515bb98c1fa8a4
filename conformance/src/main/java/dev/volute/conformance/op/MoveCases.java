package dev.volute.conformance.op;

import dev.volute.conformance.rule.Rule;
import dev.volute.graph.Accumulate;
import dev.volute.graph.Copy;
import dev.volute.graph.Fill;
import dev.volute.graph.Select;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.TensorType;
import java.util.List;

/** Fill, copy, accumulate and select. */
final class MoveCases {
  private MoveCases() {}

  static void addTo(CaseList cases) {
    for (Shape shape : Sizes.SHAPES) {
      cases
          .of(Rule.FILL_1, new Fill(cases.oneOf(0.0, -1.5, 1e-3, Double.NaN), f32(shape)))
          .to(cases.injective())
          .allow(ErrorModel.identical());
      for (Layout layout : Layout.ANY) {
        cases
            .of(Rule.COPY_1, new Copy(DType.F32))
            .in(shape, Values.special(), layout)
            .to(cases.injective())
            .anyBinding()
            .allow(ErrorModel.identical());
      }
      cases
          .of(Rule.COPY_1, new Copy(DType.I32))
          .in(shape, Values.integers(Integer.MIN_VALUE, Integer.MAX_VALUE), cases.any())
          .to(cases.injective())
          .allow(ErrorModel.exact());
      cases
          .of(Rule.COPY_2, new Copy(DType.I32))
          .in(shape, Values.between(-100, 100), cases.any())
          .to(cases.injective())
          .allow(ErrorModel.exact());
      cases
          .of(Rule.COPY_2, new Copy(DType.F32))
          .in(shape, Values.integers(Integer.MIN_VALUE, Integer.MAX_VALUE), cases.any())
          .to(cases.injective())
          .allow(ErrorModel.exact());
      cases
          .of(Rule.ACC_1, new Accumulate())
          .in(shape, Values.uniform(), cases.any())
          .before(Values.uniform())
          .to(cases.injective())
          .anyBinding()
          .allow(ErrorModel.exact());
      cases
          .of(Rule.ACC_2, new Accumulate())
          .in(shape, Values.uniform(), cases.any())
          .before(Values.uniform())
          .to(cases.oneOf(Layout.OVERLAPPING, Layout.BROADCAST))
          .allow(ErrorModel.sums(call -> call.input(0).shape().elements()));
      cases
          .of(Rule.SELECT_1, new Select())
          .in(shape, Values.conditions(), cases.any())
          .in(shape, Values.special(), cases.any())
          .in(shape, Values.special(), cases.any())
          .to(cases.injective())
          .anyBinding()
          .allow(ErrorModel.identical());
    }
    doubles(cases);
    cases
        .of(Rule.NUMBER_1, new Copy(DType.F32))
        .in(Shape.of(100), Values.subnormal())
        .allow(ErrorModel.identical());
  }

  private static void doubles(CaseList cases) {
    for (Shape shape : List.of(Shape.of(13), Shape.of(3, 17))) {
      cases
          .of(Rule.COPY_2, new Copy(DType.F64))
          .in(shape, Values.special(), cases.any())
          .allow(ErrorModel.exact());
      cases
          .of(Rule.COPY_2, new Copy(DType.F32))
          .in(shape, Values.special().as(DType.F64), cases.any())
          .allow(ErrorModel.exact());
      cases
          .of(Rule.ACC_1, new Accumulate())
          .in(shape, Values.uniform().as(DType.F64), cases.any())
          .before(Values.uniform().as(DType.F64))
          .to(cases.injective())
          .allow(ErrorModel.exact());
    }
  }

  private static TensorType f32(Shape shape) {
    return new TensorType(DType.F32, shape);
  }
}
