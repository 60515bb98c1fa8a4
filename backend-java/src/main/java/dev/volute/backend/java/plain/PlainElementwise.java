package dev.volute.backend.java.plain;

import dev.volute.backend.java.parallel.Workspace;
import dev.volute.backend.java.simd.Elementwise;
import dev.volute.backend.java.simd.FloatMap;
import dev.volute.graph.Binary;
import dev.volute.graph.Unary;

/** Brings runs into buffers that start at index 0 and computes there. */
final class PlainElementwise implements Elementwise {
  private static final int BUFFER = 512;

  /** {@code y[i] = f(a[i], b[i])} for {@code i < n}. */
  private interface Function {
    void run(int n, float[] y, float[] a, float[] b);
  }

  private final Workspace workspace = new Workspace();

  @Override
  public FloatMap unary(Unary.Function function) {
    return switch (function) {
      case NEGATE -> map(PlainFunctions::negate, false);
      case ABS -> map(PlainFunctions::abs, false);
      case SIGN -> map(PlainFunctions::sign, false);
      case SQRT -> map(PlainFunctions::sqrt, false);
      case EXP -> map(PlainFunctions::exp, false);
      case LOG -> map(PlainFunctions::log, false);
      case TANH -> map(PlainFunctions::tanh, false);
      case SIGMOID -> map(PlainFunctions::sigmoid, false);
      case RELU -> map(PlainFunctions::relu, false);
    };
  }

  @Override
  public FloatMap binary(Binary.Function function) {
    return switch (function) {
      case ADD -> map(PlainFunctions::add, true);
      case SUBTRACT -> map(PlainFunctions::subtract, true);
      case MULTIPLY -> map(PlainFunctions::multiply, true);
      case DIVIDE -> map(PlainFunctions::divide, true);
      case MAXIMUM -> map(PlainFunctions::maximum, true);
      case MINIMUM -> map(PlainFunctions::minimum, true);
      case POWER -> map(PlainFunctions::power, true);
      case EQUAL -> map(PlainFunctions::equal, true);
      case LESS -> map(PlainFunctions::less, true);
      case LESS_EQUAL -> map(PlainFunctions::lessEqual, true);
      case RELU_GRADIENT -> map(PlainFunctions::reluGradient, true);
      case TANH_GRADIENT -> map(PlainFunctions::tanhGradient, true);
      case SIGMOID_GRADIENT -> map(PlainFunctions::sigmoidGradient, true);
    };
  }

  @Override
  public FloatMap relu6() {
    return map(PlainFunctions::relu6, false);
  }

  @Override
  public FloatMap relu6Gradient() {
    return map(PlainFunctions::relu6Gradient, true);
  }

  private FloatMap map(Function function, boolean two) {
    return (n, y, yAt, a, aAt, b, bAt) -> {
      float[] bufferY = workspace.floats(0, BUFFER);
      float[] bufferA = workspace.floats(1, BUFFER);
      float[] bufferB = workspace.floats(2, BUFFER);
      for (int from = 0; from < n; from += BUFFER) {
        int count = Math.min(BUFFER, n - from);
        System.arraycopy(a, aAt + from, bufferA, 0, count);
        if (two) {
          System.arraycopy(b, bAt + from, bufferB, 0, count);
        }
        function.run(count, bufferY, bufferA, bufferB);
        System.arraycopy(bufferY, 0, y, yAt + from, count);
      }
    };
  }
}
