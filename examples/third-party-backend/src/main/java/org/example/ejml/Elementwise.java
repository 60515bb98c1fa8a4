package org.example.ejml;

import dev.volute.graph.Binary;
import dev.volute.graph.Unary;
import dev.volute.spi.Kernel;
import dev.volute.spi.Operand;
import dev.volute.spi.Operands;
import java.util.ArrayList;
import java.util.List;

/** Each element by itself, in double precision, rounded once. */
final class Elementwise {
  private Elementwise() {}

  /** A function of up to three inputs' elements; the output's old one comes next. */
  interface Function {
    double of(double a, double b, double c);
  }

  static Kernel elementwise(Function function, Operands operands) {
    List<Operand> all = new ArrayList<>(operands.inputs());
    all.add(operands.output(0));
    Cursor[] x = all.stream().map(Cursor::new).toArray(Cursor[]::new);
    Cursor y = new Cursor(operands.output(0));
    return () -> {
      for (long i = 0; i < y.elements; i++) {
        double a = x[0].read();
        double b = x.length > 1 ? x[1].read() : 0;
        double c = x.length > 2 ? x[2].read() : 0;
        y.write(function.of(a, b, c));
      }
    };
  }

  static Function unary(Unary.Function function) {
    return switch (function) {
      case NEGATE -> (a, b, c) -> -a;
      case ABS -> (a, b, c) -> Math.abs(a);
      case SIGN -> (a, b, c) -> Math.signum(a);
      case SQRT -> (a, b, c) -> Math.sqrt(a);
      case EXP -> (a, b, c) -> Math.exp(a);
      case LOG -> (a, b, c) -> Math.log(a);
      case TANH -> (a, b, c) -> Math.tanh(a);
      case SIGMOID -> (a, b, c) -> 1 / (1 + Math.exp(-a));
      case RELU -> (a, b, c) -> a > 0 || Double.isNaN(a) ? a : 0;
    };
  }

  static Function binary(Binary.Function function) {
    return switch (function) {
      case ADD -> (a, b, c) -> a + b;
      case SUBTRACT -> (a, b, c) -> a - b;
      case MULTIPLY -> (a, b, c) -> a * b;
      case DIVIDE -> (a, b, c) -> a / b;
      case MAXIMUM -> (a, b, c) -> Math.max(a, b);
      case MINIMUM -> (a, b, c) -> Math.min(a, b);
      // In IEEE 754, 1 to any power is 1, and so is -1 to an infinite one; in Java they are NaN.
      case POWER -> (a, b, c) -> a == 1 || a == -1 && Double.isInfinite(b) ? 1 : Math.pow(a, b);
      case EQUAL -> (a, b, c) -> a == b ? 1 : 0;
      case LESS -> (a, b, c) -> a < b ? 1 : 0;
      case LESS_EQUAL -> (a, b, c) -> a <= b ? 1 : 0;
      case RELU_GRADIENT -> (a, b, c) -> a > 0 ? b : 0;
      case TANH_GRADIENT -> (a, b, c) -> b * (1 - a * a);
      case SIGMOID_GRADIENT -> (a, b, c) -> b * a * (1 - a);
    };
  }
}
