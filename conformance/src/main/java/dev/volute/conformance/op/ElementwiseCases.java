package dev.volute.conformance.op;

import dev.volute.conformance.rule.Rule;
import dev.volute.graph.Binary;
import dev.volute.graph.Unary;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import java.util.List;
import java.util.Set;

/** Functions of one and of two elements. */
final class ElementwiseCases {
  private static final Set<Unary.Function> TRANSCENDENTAL =
      Set.of(Unary.Function.EXP, Unary.Function.LOG, Unary.Function.TANH, Unary.Function.SIGMOID);

  /** Functions whose zero results have a sign that IEEE 754 settles. */
  private static final Set<Unary.Function> SIGNED_UNARY =
      Set.of(Unary.Function.NEGATE, Unary.Function.ABS, Unary.Function.SQRT);

  private static final Set<Binary.Function> ARITHMETIC =
      Set.of(
          Binary.Function.ADD,
          Binary.Function.SUBTRACT,
          Binary.Function.MULTIPLY,
          Binary.Function.DIVIDE);

  private static final List<Shape> FEW =
      List.of(Shape.of(1), Shape.of(13), Shape.of(3, 65), Shape.of(0), Shape.of(7, 2, 31));

  private ElementwiseCases() {}

  static void addTo(CaseList cases) {
    for (Unary.Function function : Unary.Function.values()) {
      unary(cases, function);
    }
    for (Binary.Function function : Binary.Function.values()) {
      binary(cases, function);
      if (function != Binary.Function.POWER) {
        wholeNumbers(cases, function);
      }
    }
    subnormal(cases);
  }

  private static Values domain(Unary.Function function) {
    return switch (function) {
      case SQRT, LOG -> Values.between(1e-6, 50);
      case EXP -> Values.between(-85, 85);
      case TANH, SIGMOID -> Values.between(-20, 20);
      default -> Values.magnitudes(-60, 60);
    };
  }

  private static ErrorModel errors(Unary.Function function) {
    return TRANSCENDENTAL.contains(function) ? ErrorModel.ulps(8) : ErrorModel.exact();
  }

  private static void unary(CaseList cases, Unary.Function function) {
    Unary op = new Unary(function);
    Rule rule = TRANSCENDENTAL.contains(function) ? Rule.UNARY_2 : Rule.UNARY_1;
    for (Shape shape : Sizes.SHAPES) {
      cases
          .of(rule, op)
          .in(shape, domain(function), cases.any())
          .to(cases.injective())
          .anyBinding()
          .allow(errors(function));
    }
    cases.of(rule, op).in(Shape.of(10_000), domain(function)).allow(errors(function));
    cases.of(rule, op).in(Shape.of(1_000), Values.magnitudes(-20, 1)).allow(errors(function));
    cases
        .of(rule, op)
        .in(Shape.of(5, 7), domain(function).as(DType.F64), cases.any())
        .allow(errors(function));
    for (Shape shape : FEW) {
      cases
          .of(Rule.UNARY_3, op)
          .in(shape, Values.special(), cases.any())
          .to(cases.injective())
          .allow(SIGNED_UNARY.contains(function) ? ErrorModel.identical() : errors(function));
      cases
          .of(Rule.UNARY_4, op)
          .in(shape, domain(function), cases.injective())
          .bound(OpCase.Binding.IN_PLACE)
          .allow(errors(function));
    }
    cases.of(Rule.UNARY_3, op).in(Shape.of(300), Values.magnitudes(0, 127)).allow(errors(function));
  }

  private static Rule rule(Binary.Function function) {
    return switch (function) {
      case POWER, TANH_GRADIENT, SIGMOID_GRADIENT -> Rule.BINARY_2;
      default -> Rule.BINARY_1;
    };
  }

  private static ErrorModel errors(Binary.Function function) {
    return switch (function) {
      // The error of the exponent is that of log2(x) * y, which grows with its size.
      case POWER -> e -> powerBound(e);
      case TANH_GRADIENT, SIGMOID_GRADIENT -> e -> activationGradientBound(e);
      default -> ErrorModel.exact();
    };
  }

  /** Powers of 1 and -1 to infinities and NaN are 1 in C and NaN in Java: a backend may choose. */
  private static List<double[]> powerBound(ErrorModel.Evaluation e) {
    double[] y = e.outputs().get(0);
    double[] bound = new double[y.length];
    for (int i = 0; i < y.length; i++) {
      double exponent = Math.abs(e.inputs().get(1)[i] * Math.log(Math.abs(e.inputs().get(0)[i])));
      double size = Double.isFinite(exponent) ? exponent : 0;
      boolean unsettled = Math.abs(e.inputs().get(0)[i]) == 1;
      bound[i] = unsettled ? Double.POSITIVE_INFINITY : (16 + 4 * size) * e.u() * Math.abs(y[i]);
    }
    return List.of(bound);
  }

  /** The factor {@code 1 - y} or {@code 1 - y^2} is off by u, however small it is. */
  private static List<double[]> activationGradientBound(ErrorModel.Evaluation e) {
    double[] y = e.inputs().get(0);
    double[] bound = new double[y.length];
    for (int i = 0; i < y.length; i++) {
      bound[i] = 4 * e.u() * Math.abs(e.inputs().get(1)[i]) * (1 + y[i] * y[i]);
    }
    return List.of(bound);
  }

  private static Values first(Binary.Function function) {
    return switch (function) {
      case POWER -> Values.between(0.01, 4);
      case EQUAL, LESS, LESS_EQUAL, MAXIMUM, MINIMUM -> Values.repeated();
      case TANH_GRADIENT -> Values.uniform();
      case SIGMOID_GRADIENT -> Values.between(0, 1);
      default -> Values.magnitudes(-20, 20);
    };
  }

  private static Values second(Binary.Function function) {
    return switch (function) {
      case POWER -> Values.between(-8, 8);
      case EQUAL, LESS, LESS_EQUAL, MAXIMUM, MINIMUM -> Values.repeated();
      default -> Values.magnitudes(-20, 20);
    };
  }

  private static void binary(CaseList cases, Binary.Function function) {
    Binary op = new Binary(function);
    for (Shape shape : Sizes.SHAPES) {
      cases
          .of(rule(function), op)
          .in(shape, first(function), cases.any())
          .in(shape, second(function), cases.any())
          .to(cases.injective())
          .anyBinding()
          .allow(errors(function));
    }
    cases
        .of(rule(function), op)
        .in(Shape.of(100, 127), first(function))
        .in(Shape.of(100, 127), second(function), Layout.BROADCAST)
        .allow(errors(function));
    cases
        .of(rule(function), op)
        .in(Shape.of(5, 7), first(function).as(DType.F64), cases.any())
        .in(Shape.of(5, 7), second(function).as(DType.F64), cases.any())
        .allow(errors(function));
    for (Shape shape : FEW) {
      cases
          .of(Rule.BINARY_3, op)
          .in(shape, Values.special(), cases.any())
          .in(shape, Values.special(), cases.any())
          .to(cases.injective())
          .allow(ARITHMETIC.contains(function) ? ErrorModel.identical() : errors(function));
      cases
          .of(Rule.BINARY_4, op)
          .in(shape, first(function), cases.injective())
          .in(shape, second(function), cases.any())
          .bound(OpCase.Binding.IN_PLACE)
          .allow(errors(function));
    }
  }

  private static void wholeNumbers(CaseList cases, Binary.Function function) {
    Values divisors = new Values(DType.I32, (i, count, random) -> 1 + random.nextInt(9));
    Values wide = Values.integers(Integer.MIN_VALUE, Integer.MAX_VALUE);
    boolean whole = ARITHMETIC.contains(function);
    boolean quotient = function == Binary.Function.DIVIDE;
    for (Shape shape : FEW) {
      cases
          .of(Rule.BINARY_5, new Binary(function))
          .in(shape, whole ? wide : Values.integers(-3, 4), cases.any())
          .in(shape, quotient ? divisors : whole ? wide : Values.integers(-3, 4), cases.any())
          .to(cases.injective())
          .allow(ErrorModel.exact());
    }
  }

  private static void subnormal(CaseList cases) {
    Shape shape = Shape.of(100);
    for (Unary.Function function :
        List.of(
            Unary.Function.NEGATE, Unary.Function.ABS, Unary.Function.SIGN, Unary.Function.RELU)) {
      cases
          .of(Rule.NUMBER_1, new Unary(function))
          .in(shape, Values.subnormal())
          .allow(ErrorModel.identical());
    }
    for (Binary.Function function :
        List.of(
            Binary.Function.ADD,
            Binary.Function.SUBTRACT,
            Binary.Function.MAXIMUM,
            Binary.Function.MINIMUM,
            Binary.Function.EQUAL,
            Binary.Function.LESS)) {
      cases
          .of(Rule.NUMBER_1, new Binary(function))
          .in(shape, Values.subnormal())
          .in(shape, Values.subnormal())
          .allow(ErrorModel.identical());
    }
    // A quotient that is ordinary although both numbers are small, and a product that is small.
    cases
        .of(Rule.NUMBER_1, new Binary(Binary.Function.DIVIDE))
        .in(shape, Values.subnormal())
        .in(shape, Values.fixed(0x1p-130, -0x1p-140))
        .allow(ErrorModel.ulps(1));
    cases
        .of(Rule.NUMBER_1, new Binary(Binary.Function.MULTIPLY))
        .in(shape, Values.between(1, 2))
        .in(shape, Values.fixed(0x1p-127, -0x1p-130))
        .allow(ErrorModel.identical());
  }
}
