package dev.volute.conformance.op;

import dev.volute.conformance.rule.Rule;
import dev.volute.graph.Op;
import dev.volute.graph.composite.AdamUpdate;
import dev.volute.graph.composite.SgdUpdate;
import dev.volute.tensor.Shape;
import java.util.List;

/** Steps of optimizers. */
final class UpdateCases {
  private static final List<Shape> SHAPES =
      List.of(
          Shape.scalar(),
          Shape.of(1),
          Shape.of(7),
          Shape.of(13, 17),
          Shape.of(3, 2, 5, 5),
          Shape.of(1000),
          Shape.of(0));

  private UpdateCases() {}

  static void addTo(CaseList cases) {
    for (Shape shape : SHAPES) {
      for (OpCase.Binding binding : OpCase.Binding.values()) {
        if (binding != OpCase.Binding.CONSTANT) {
          add(cases, shape, binding);
        }
      }
    }
  }

  private static void add(CaseList cases, Shape shape, OpCase.Binding binding) {
    double decay = cases.oneOf(0.0, 0.01);
    for (SgdUpdate op :
        List.of(
            new SgdUpdate(0, false, decay),
            new SgdUpdate(0.9, false, decay),
            new SgdUpdate(0.9, true, decay))) {
      CaseList.Draft draft =
          draft(cases, Rule.OPT_1, op, binding)
              .in(shape, Values.uniform())
              .in(shape, Values.uniform());
      if (op.momentum() != 0) {
        draft.in(shape, Values.uniform());
      }
      draft.in(Shape.scalar(), Values.fixed(0.0625)).allow(UpdateErrors::sgd);
    }
    for (boolean decoupled : new boolean[] {false, true}) {
      for (int step : new int[] {1, 2, 10, 1000, 100_000}) {
        draft(cases, Rule.OPT_2, new AdamUpdate(0.9, 0.999, 1e-8, decay, decoupled), binding)
            .in(shape, Values.uniform())
            .in(shape, Values.uniform())
            .in(shape, Values.uniform())
            .in(shape, Values.between(1e-6, 1))
            .in(Shape.scalar(), Values.fixed(1e-3))
            .in(Shape.scalar(), Values.fixed(step))
            .allow(UpdateErrors::adam);
      }
    }
    // The first step: moments are 0, and a gradient of 0 moves nothing.
    draft(cases, Rule.OPT_2, new AdamUpdate(0.9, 0.999, 1e-8, 0, false), binding)
        .in(shape, Values.uniform())
        .in(shape, Values.repeated())
        .in(shape, Values.fixed(0))
        .in(shape, Values.fixed(0))
        .in(Shape.scalar(), Values.fixed(1e-3))
        .in(Shape.scalar(), Values.fixed(1))
        .allow(UpdateErrors::adam);
  }

  private static CaseList.Draft draft(CaseList cases, Rule rule, Op op, OpCase.Binding binding) {
    return cases.of(binding == OpCase.Binding.IN_PLACE ? Rule.OPT_3 : rule, op).bound(binding);
  }
}
