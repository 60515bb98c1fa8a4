package dev.volute.conformance.op;

import dev.volute.conformance.rule.Rule;
import dev.volute.graph.MatMul;
import dev.volute.graph.composite.Activation;
import dev.volute.graph.composite.Linear;
import dev.volute.spi.OpCall;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import java.util.List;

/** Matrix products, plain, batched and as linear layers. */
final class MatMulCases {
  private static final List<int[]> SIZES =
      List.of(
          new int[] {1, 1, 1},
          new int[] {1, 7, 100},
          new int[] {2, 3, 1},
          new int[] {13, 1, 17},
          new int[] {17, 31, 13},
          new int[] {31, 64, 65},
          new int[] {64, 64, 64},
          new int[] {65, 127, 7},
          new int[] {100, 13, 127},
          new int[] {3, 300, 2},
          new int[] {1, 1000, 1},
          new int[] {127, 2, 3},
          new int[] {7, 513, 33});

  private MatMulCases() {}

  static void addTo(CaseList cases) {
    for (int[] size : SIZES) {
      int m = size[0];
      int k = size[1];
      int n = size[2];
      product(cases, Rule.MATMUL_1, Shape.of(m, k), Shape.of(k, n), Layout.DENSE, Layout.DENSE);
      for (int i = 0; i < 4; i++) {
        product(cases, Rule.MATMUL_2, Shape.of(m, k), Shape.of(k, n), cases.any(), cases.any());
      }
      withAddend(cases, Shape.of(m, k), Shape.of(k, n));
      linear(cases, m, k, n);
    }
    product(
        cases,
        Rule.MATMUL_2,
        Shape.of(3, 2, 7, 13),
        Shape.of(3, 2, 13, 5),
        cases.any(),
        cases.any());
    product(
        cases,
        Rule.MATMUL_2,
        Shape.of(7, 31, 17),
        Shape.of(7, 17, 13),
        Layout.DENSE,
        Layout.BROADCAST);
    product(
        cases, Rule.MATMUL_1, Shape.of(5, 3, 7), Shape.of(5, 7, 65), Layout.DENSE, Layout.DENSE);
    withAddend(cases, Shape.of(3, 13, 7), Shape.of(3, 7, 31));
    empty(cases);
    nonFinite(cases);
    doubles(cases);
    cases
        .of(Rule.NUMBER_1, new MatMul(1, 0))
        .in(Shape.of(7, 1000), Values.between(0x1p-128, 0x1p-127))
        .in(Shape.of(1000, 13), Values.between(0.5, 1))
        .allow(ErrorModel.sums(MatMulCases::terms));
  }

  private static double terms(OpCall call) {
    return call.input(0).shape().dim(-1) + 1;
  }

  private static void product(CaseList cases, Rule rule, Shape a, Shape b, Layout ofA, Layout ofB) {
    cases
        .of(rule, new MatMul(cases.oneOf(1.0, 1.0, -0.5), 0))
        .in(a, Values.uniform(), ofA)
        .in(b, Values.uniform(), ofB)
        .to(rule == Rule.MATMUL_1 ? Layout.DENSE : cases.injective())
        .anyBindingOrConstant()
        .allow(ErrorModel.sums(MatMulCases::terms));
  }

  private static void withAddend(CaseList cases, Shape a, Shape b) {
    Shape c = a.with(-1, b.dim(-1));
    for (Layout layout : List.of(Layout.DENSE, cases.any(), Layout.BROADCAST)) {
      cases
          .of(Rule.MATMUL_3, new MatMul(cases.oneOf(1.0, 2.0), cases.oneOf(1.0, -0.25)))
          .in(a, Values.uniform(), cases.any())
          .in(b, Values.uniform(), cases.any())
          .in(c, Values.uniform(), layout)
          .to(cases.injective())
          .anyBindingOrConstant()
          .allow(e -> addendBound(e));
    }
  }

  /** On absolute values a negative factor would cancel; so the factors count by their sizes. */
  private static List<double[]> addendBound(ErrorModel.Evaluation e) {
    MatMul op = (MatMul) e.call().op();
    MatMul sizes = new MatMul(Math.abs(op.alpha()), Math.abs(op.beta()));
    OpCall call = OpCall.of(sizes, e.call().inputs());
    ErrorModel.Evaluation same =
        new ErrorModel.Evaluation(call, e.inputs(), e.before(), e.outputs());
    return ErrorModel.sums(terms(call)).bounds(same);
  }

  private static void linear(CaseList cases, int rows, int in, int out) {
    for (Activation activation : Activation.values()) {
      boolean bias = activation != Activation.RELU || cases.random().nextBoolean();
      CaseList.Draft draft =
          cases
              .of(Rule.LINEAR_1, new Linear(activation, bias))
              .in(Shape.of(rows, in), Values.uniform())
              .in(Shape.of(in, out), Values.uniform());
      if (bias) {
        draft.in(Shape.of(out), Values.uniform());
      }
      // An activation adds an error of its own and enlarges none.
      draft
          .anyBindingOrConstant()
          .allow(e -> ActivationErrors.after(withoutActivation(e), in + 1, e));
    }
  }

  private static OpCall withoutActivation(ErrorModel.Evaluation e) {
    Linear op = (Linear) e.call().op();
    return OpCall.of(new Linear(Activation.IDENTITY, op.bias()), e.call().inputs());
  }

  private static void empty(CaseList cases) {
    cases
        .of(Rule.MATMUL_5, new MatMul(1, 0))
        .in(Shape.of(3, 0), Values.uniform())
        .in(Shape.of(0, 5), Values.uniform())
        .allow(ErrorModel.exact());
    cases
        .of(Rule.MATMUL_5, new MatMul(1, 2))
        .in(Shape.of(3, 0), Values.uniform())
        .in(Shape.of(0, 5), Values.uniform())
        .in(Shape.of(3, 5), Values.uniform())
        .allow(ErrorModel.exact());
    for (int[] size : List.of(new int[] {0, 3, 5}, new int[] {3, 5, 0}, new int[] {0, 0, 0})) {
      cases
          .of(Rule.MATMUL_5, new MatMul(1, 0))
          .in(Shape.of(size[0], size[1]), Values.uniform())
          .in(Shape.of(size[1], size[2]), Values.uniform())
          .allow(ErrorModel.exact());
    }
    cases
        .of(Rule.LINEAR_1, new Linear(Activation.TANH, true))
        .in(Shape.of(0, 7), Values.uniform())
        .in(Shape.of(7, 3), Values.uniform())
        .in(Shape.of(3), Values.uniform())
        .allow(ErrorModel.exact());
    cases
        .of(Rule.MATMUL_5, new MatMul(1, 0))
        .in(Shape.of(0, 2, 7), Values.uniform())
        .in(Shape.of(0, 7, 3), Values.uniform())
        .allow(ErrorModel.exact());
  }

  private static void nonFinite(CaseList cases) {
    Values rare = Values.rarely(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);
    for (int[] size : List.of(new int[] {7, 13, 17}, new int[] {64, 31, 65}, new int[] {2, 3, 1})) {
      Shape a = Shape.of(size[0], size[1]);
      Shape b = Shape.of(size[1], size[2]);
      cases
          .of(Rule.MATMUL_4, new MatMul(1, 0))
          .in(a, rare, cases.any())
          .in(b, Values.uniform(), cases.any())
          .to(cases.injective())
          .allow(ErrorModel.sums(MatMulCases::terms));
      cases
          .of(Rule.MATMUL_4, new MatMul(1, 0))
          .in(a, Values.fixed(0, 1, 0, 0, -1), cases.any())
          .in(b, rare, cases.any())
          .allow(ErrorModel.sums(MatMulCases::terms));
      cases
          .of(Rule.MATMUL_4, new MatMul(1, 1))
          .in(a, Values.uniform(), cases.any())
          .in(b, rare, cases.any())
          .in(Shape.of(size[0], size[2]), rare, cases.any())
          .allow(ErrorModel.sums(MatMulCases::terms));
    }
  }

  private static void doubles(CaseList cases) {
    Values wide = Values.uniform().as(DType.F64);
    cases
        .of(Rule.MATMUL_1, new MatMul(1, 0))
        .in(Shape.of(17, 31), wide, cases.any())
        .in(Shape.of(31, 13), wide, cases.any())
        .allow(ErrorModel.sums(MatMulCases::terms));
    cases
        .of(Rule.MATMUL_3, new MatMul(1, 1))
        .in(Shape.of(7, 13), wide, cases.any())
        .in(Shape.of(13, 5), wide, cases.any())
        .in(Shape.of(7, 5), wide, cases.any())
        .to(cases.injective())
        .allow(ErrorModel.sums(MatMulCases::terms));
  }
}
