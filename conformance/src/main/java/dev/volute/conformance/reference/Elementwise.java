package dev.volute.conformance.reference;

import dev.volute.graph.Binary;
import dev.volute.graph.Fill;
import dev.volute.graph.Unary;
import dev.volute.graph.composite.Activation;
import dev.volute.spi.Kernel;

/** Kernels that treat each element by itself. */
final class Elementwise {
  private Elementwise() {}

  static Kernel fill(Fill op, Elements y) {
    return () -> {
      for (int i = 0; i < y.size(); i++) {
        y.set(i, op.value());
      }
    };
  }

  static Kernel copy(Elements x, Elements y) {
    return () -> {
      for (int i = 0; i < y.size(); i++) {
        y.set(i, x.get(i));
      }
    };
  }

  static Kernel accumulate(Elements x, Elements y) {
    return () -> {
      for (int i = 0; i < y.size(); i++) {
        y.add(i, x.get(i));
      }
    };
  }

  static Kernel unary(Unary op, Elements x, Elements y) {
    return () -> {
      for (int i = 0; i < y.size(); i++) {
        y.set(i, function(op.function(), x.get(i)));
      }
    };
  }

  static Kernel binary(Binary op, Elements a, Elements b, Elements y) {
    return () -> {
      for (int i = 0; i < y.size(); i++) {
        y.set(
            i,
            y.isInteger()
                ? function(op.function(), a.integer(i), b.integer(i))
                : function(op.function(), a.get(i), b.get(i)));
      }
    };
  }

  static Kernel select(Elements condition, Elements a, Elements b, Elements y) {
    return () -> {
      for (int i = 0; i < y.size(); i++) {
        y.set(i, condition.get(i) != 0 ? a.get(i) : b.get(i));
      }
    };
  }

  private static double function(Unary.Function function, double x) {
    return switch (function) {
      case NEGATE -> -x;
      case ABS -> Math.abs(x);
      case SIGN -> Math.signum(x);
      case SQRT -> Math.sqrt(x);
      case EXP -> Math.exp(x);
      case LOG -> Math.log(x);
      case TANH -> Math.tanh(x);
      case SIGMOID -> sigmoid(x);
      case RELU -> relu(x);
    };
  }

  static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  static double relu(double x) {
    return x > 0 || Double.isNaN(x) ? x : 0;
  }

  static double activation(Activation activation, double x) {
    return switch (activation) {
      case IDENTITY -> x;
      case RELU -> relu(x);
      case RELU6 -> Math.min(relu(x), Activation.SIX);
      case TANH -> Math.tanh(x);
      case SIGMOID -> sigmoid(x);
    };
  }

  /** The gradient to an activation's argument, from its result and the gradient to that. */
  static double activationGradient(Activation activation, double y, double g) {
    return switch (activation) {
      case IDENTITY -> g;
      case RELU -> function(Binary.Function.RELU_GRADIENT, y, g);
      case RELU6 -> y > 0 && y < Activation.SIX ? g : 0;
      case TANH -> function(Binary.Function.TANH_GRADIENT, y, g);
      case SIGMOID -> function(Binary.Function.SIGMOID_GRADIENT, y, g);
    };
  }

  private static double function(Binary.Function function, double a, double b) {
    return switch (function) {
      case ADD -> a + b;
      case SUBTRACT -> a - b;
      case MULTIPLY -> a * b;
      case DIVIDE -> a / b;
      case MAXIMUM -> Math.max(a, b);
      case MINIMUM -> Math.min(a, b);
      case POWER -> power(a, b);
      case EQUAL -> a == b ? 1 : 0;
      case LESS -> a < b ? 1 : 0;
      case LESS_EQUAL -> a <= b ? 1 : 0;
      case RELU_GRADIENT -> a > 0 ? b : 0;
      case TANH_GRADIENT -> b * (1 - a * a);
      case SIGMOID_GRADIENT -> b * a * (1 - a);
    };
  }

  /** As IEEE 754 has it: powers of 1 are 1 whatever the exponent. */
  private static double power(double a, double b) {
    return a == 1 || (a == -1 && Double.isInfinite(b)) ? 1 : Math.pow(a, b);
  }

  /** Whole numbers: sums and products wrap around, quotients are truncated. */
  private static int function(Binary.Function function, int a, int b) {
    return switch (function) {
      case ADD -> a + b;
      case SUBTRACT -> a - b;
      case MULTIPLY -> a * b;
      case DIVIDE -> a / b;
      case TANH_GRADIENT -> b * (1 - a * a);
      case SIGMOID_GRADIENT -> b * a * (1 - a);
      default -> (int) function(function, (double) a, (double) b);
    };
  }
}
