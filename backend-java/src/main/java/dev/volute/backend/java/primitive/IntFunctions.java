package dev.volute.backend.java.primitive;

import dev.volute.graph.Binary;
import java.util.function.IntBinaryOperator;

/**
 * The elementwise functions of I32: sums and products wrap around, quotients are truncated, and x /
 * 0 is 0.
 */
final class IntFunctions {
  private IntFunctions() {}

  static IntBinaryOperator binary(Binary.Function function) {
    return switch (function) {
      case ADD -> Integer::sum;
      case SUBTRACT -> (a, b) -> a - b;
      case MULTIPLY -> (a, b) -> a * b;
      case DIVIDE -> (a, b) -> b == 0 ? 0 : a / b;
      case MAXIMUM -> Math::max;
      case MINIMUM -> Math::min;
      case POWER -> (a, b) -> (int) Math.pow(a, b);
      case EQUAL -> (a, b) -> a == b ? 1 : 0;
      case LESS -> (a, b) -> a < b ? 1 : 0;
      case LESS_EQUAL -> (a, b) -> a <= b ? 1 : 0;
      case RELU_GRADIENT -> (y, g) -> y > 0 ? g : 0;
      case TANH_GRADIENT -> (y, g) -> g * (1 - y * y);
      case SIGMOID_GRADIENT -> (y, g) -> g * y * (1 - y);
    };
  }
}
