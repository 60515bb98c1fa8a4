package dev.volute.backend.java.plain;

import dev.volute.backend.java.simd.Elementwise;
import dev.volute.backend.java.simd.FloatMap;
import dev.volute.graph.Binary;
import dev.volute.graph.Unary;

/** One element after the other. */
final class PlainElementwise implements Elementwise {
  private interface Function {
    float of(float a, float b);
  }

  @Override
  public FloatMap unary(Unary.Function function) {
    return switch (function) {
      case NEGATE -> map((a, b) -> -a);
      case ABS -> map((a, b) -> Math.abs(a));
      case SIGN -> map((a, b) -> Math.signum(a));
      case SQRT -> map((a, b) -> (float) Math.sqrt(a));
      case EXP -> map((a, b) -> Scalars.exp(a));
      case LOG -> map((a, b) -> (float) Math.log(a));
      case TANH -> map((a, b) -> Scalars.tanh(a));
      case SIGMOID -> map((a, b) -> Scalars.sigmoid(a));
      case RELU -> map((a, b) -> Scalars.relu(a));
    };
  }

  @Override
  public FloatMap binary(Binary.Function function) {
    return switch (function) {
      case ADD -> map((a, b) -> a + b);
      case SUBTRACT -> map((a, b) -> a - b);
      case MULTIPLY -> map((a, b) -> a * b);
      case DIVIDE -> map((a, b) -> a / b);
      case MAXIMUM -> map(Math::max);
      case MINIMUM -> map(Math::min);
      case POWER -> map((a, b) -> (float) Math.pow(a, b));
      case EQUAL -> map((a, b) -> a == b ? 1f : 0f);
      case LESS -> map((a, b) -> a < b ? 1f : 0f);
      case LESS_EQUAL -> map((a, b) -> a <= b ? 1f : 0f);
      case RELU_GRADIENT -> map((y, g) -> y > 0f ? g : 0f);
      case TANH_GRADIENT -> map((y, g) -> g * (1f - y * y));
      case SIGMOID_GRADIENT -> map((y, g) -> g * y * (1f - y));
    };
  }

  private static FloatMap map(Function function) {
    return (n, y, yAt, a, aAt, b, bAt) -> {
      for (int i = 0; i < n; i++) {
        y[yAt + i] = function.of(a[aAt + i], b[bAt + i]);
      }
    };
  }
}
