package dev.volute.backend.java.primitive;

import dev.volute.graph.Binary;
import dev.volute.graph.Unary;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/** The elementwise functions of F64, which serves gradient checks: exact rather than fast. */
final class DoubleFunctions {
  private DoubleFunctions() {}

  static DoubleUnaryOperator unary(Unary.Function function) {
    return switch (function) {
      case NEGATE -> x -> -x;
      case ABS -> Math::abs;
      case SIGN -> Math::signum;
      case SQRT -> Math::sqrt;
      case EXP -> Math::exp;
      case LOG -> Math::log;
      case TANH -> Math::tanh;
      case SIGMOID -> x -> 1 / (1 + Math.exp(-x));
      case RELU -> x -> Math.max(x, 0);
    };
  }

  static DoubleBinaryOperator binary(Binary.Function function) {
    return switch (function) {
      case ADD -> Double::sum;
      case SUBTRACT -> (a, b) -> a - b;
      case MULTIPLY -> (a, b) -> a * b;
      case DIVIDE -> (a, b) -> a / b;
      case MAXIMUM -> Math::max;
      case MINIMUM -> Math::min;
      case POWER -> Math::pow;
      case EQUAL -> (a, b) -> a == b ? 1 : 0;
      case LESS -> (a, b) -> a < b ? 1 : 0;
      case LESS_EQUAL -> (a, b) -> a <= b ? 1 : 0;
      case RELU_GRADIENT -> (y, g) -> y > 0 ? g : 0;
      case TANH_GRADIENT -> (y, g) -> g * (1 - y * y);
      case SIGMOID_GRADIENT -> (y, g) -> g * y * (1 - y);
    };
  }
}
