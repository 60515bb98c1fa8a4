package dev.volute.backend.java.lanes;

import dev.volute.backend.java.plain.Scalars;
import dev.volute.backend.java.simd.Elementwise;
import dev.volute.backend.java.simd.FloatMap;
import dev.volute.graph.Binary;
import dev.volute.graph.Unary;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Functions of each element on vectors, the last few elements one by one with the same bits. Each
 * has a loop of its own, because the JVM's compiler keeps vectors in registers only where it sees
 * what is done with them.
 */
final class VectorElementwise implements Elementwise {
  private static final VectorSpecies<Float> S = VectorLanes.FLOATS;
  private static final int L = S.length();
  private static final FloatVector ZERO = FloatVector.zero(S);
  private static final FloatVector ONE = FloatVector.broadcast(S, 1f);

  private final Elementwise plain;

  /**
   * @param plain does what has no vector form
   */
  VectorElementwise(Elementwise plain) {
    this.plain = plain;
  }

  @Override
  public FloatMap unary(Unary.Function function) {
    return switch (function) {
      case NEGATE -> VectorElementwise::negate;
      case ABS -> VectorElementwise::abs;
      case SIGN -> VectorElementwise::sign;
      case SQRT -> VectorElementwise::sqrt;
      case EXP -> VectorElementwise::exp;
      case LOG -> VectorElementwise::log;
      case TANH -> VectorElementwise::tanh;
      case SIGMOID -> VectorElementwise::sigmoid;
      case RELU -> VectorElementwise::relu;
    };
  }

  @Override
  public FloatMap binary(Binary.Function function) {
    return switch (function) {
      case ADD -> VectorElementwise::add;
      case SUBTRACT -> VectorElementwise::subtract;
      case MULTIPLY -> VectorElementwise::multiply;
      case DIVIDE -> VectorElementwise::divide;
      case MAXIMUM -> VectorElementwise::maximum;
      case MINIMUM -> VectorElementwise::minimum;
      case POWER -> plain.binary(function);
      case EQUAL -> VectorElementwise::equal;
      case LESS -> VectorElementwise::less;
      case LESS_EQUAL -> VectorElementwise::lessEqual;
      case RELU_GRADIENT -> VectorElementwise::reluGradient;
      case TANH_GRADIENT -> VectorElementwise::tanhGradient;
      case SIGMOID_GRADIENT -> VectorElementwise::sigmoidGradient;
    };
  }

  @Override
  public FloatMap relu6() {
    return VectorElementwise::relu6;
  }

  @Override
  public FloatMap relu6Gradient() {
    return VectorElementwise::relu6Gradient;
  }

  private static FloatVector load(float[] from, int at) {
    return FloatVector.fromArray(S, from, at);
  }

  /** The elements from i on that do not fill a vector. */
  private static void rest(
      Unary.Function function, int i, int n, float[] y, int yAt, float[] a, int aAt) {
    for (; i < n; i++) {
      y[yAt + i] = Scalars.unary(function, a[aAt + i]);
    }
  }

  private static void rest(
      Binary.Function function,
      int i,
      int n,
      float[] y,
      int yAt,
      float[] a,
      int aAt,
      float[] b,
      int bAt) {
    for (; i < n; i++) {
      y[yAt + i] = Scalars.binary(function, a[aAt + i], b[bAt + i]);
    }
  }

  private static void negate(int n, float[] y, int yAt, float[] a, int aAt, float[] b, int bAt) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector x = load(a, aAt + i);
      x.neg().intoArray(y, yAt + i);
    }
    rest(Unary.Function.NEGATE, i, n, y, yAt, a, aAt);
  }

  private static void abs(int n, float[] y, int yAt, float[] a, int aAt, float[] b, int bAt) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector x = load(a, aAt + i);
      x.abs().intoArray(y, yAt + i);
    }
    rest(Unary.Function.ABS, i, n, y, yAt, a, aAt);
  }

  private static void sign(int n, float[] y, int yAt, float[] a, int aAt, float[] b, int bAt) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector x = load(a, aAt + i);
      VectorFunctions.sign(x).intoArray(y, yAt + i);
    }
    rest(Unary.Function.SIGN, i, n, y, yAt, a, aAt);
  }

  private static void sqrt(int n, float[] y, int yAt, float[] a, int aAt, float[] b, int bAt) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector x = load(a, aAt + i);
      x.sqrt().intoArray(y, yAt + i);
    }
    rest(Unary.Function.SQRT, i, n, y, yAt, a, aAt);
  }

  private static void exp(int n, float[] y, int yAt, float[] a, int aAt, float[] b, int bAt) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector x = load(a, aAt + i);
      VectorFunctions.exp(x).intoArray(y, yAt + i);
    }
    rest(Unary.Function.EXP, i, n, y, yAt, a, aAt);
  }

  private static void log(int n, float[] y, int yAt, float[] a, int aAt, float[] b, int bAt) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector x = load(a, aAt + i);
      VectorFunctions.log(x).intoArray(y, yAt + i);
    }
    rest(Unary.Function.LOG, i, n, y, yAt, a, aAt);
  }

  private static void tanh(int n, float[] y, int yAt, float[] a, int aAt, float[] b, int bAt) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector x = load(a, aAt + i);
      VectorFunctions.tanh(x).intoArray(y, yAt + i);
    }
    rest(Unary.Function.TANH, i, n, y, yAt, a, aAt);
  }

  private static void sigmoid(int n, float[] y, int yAt, float[] a, int aAt, float[] b, int bAt) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector x = load(a, aAt + i);
      VectorFunctions.sigmoid(x).intoArray(y, yAt + i);
    }
    rest(Unary.Function.SIGMOID, i, n, y, yAt, a, aAt);
  }

  private static void relu(int n, float[] y, int yAt, float[] a, int aAt, float[] b, int bAt) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector x = load(a, aAt + i);
      VectorFunctions.relu(x).intoArray(y, yAt + i);
    }
    rest(Unary.Function.RELU, i, n, y, yAt, a, aAt);
  }

  private static void add(int n, float[] y, int yAt, float[] a, int aAt, float[] b, int bAt) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector x = load(a, aAt + i);
      FloatVector z = load(b, bAt + i);
      x.add(z).intoArray(y, yAt + i);
    }
    rest(Binary.Function.ADD, i, n, y, yAt, a, aAt, b, bAt);
  }

  private static void subtract(int n, float[] y, int yAt, float[] a, int aAt, float[] b, int bAt) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector x = load(a, aAt + i);
      FloatVector z = load(b, bAt + i);
      x.sub(z).intoArray(y, yAt + i);
    }
    rest(Binary.Function.SUBTRACT, i, n, y, yAt, a, aAt, b, bAt);
  }

  private static void multiply(int n, float[] y, int yAt, float[] a, int aAt, float[] b, int bAt) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector x = load(a, aAt + i);
      FloatVector z = load(b, bAt + i);
      x.mul(z).intoArray(y, yAt + i);
    }
    rest(Binary.Function.MULTIPLY, i, n, y, yAt, a, aAt, b, bAt);
  }

  private static void divide(int n, float[] y, int yAt, float[] a, int aAt, float[] b, int bAt) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector x = load(a, aAt + i);
      FloatVector z = load(b, bAt + i);
      x.div(z).intoArray(y, yAt + i);
    }
    rest(Binary.Function.DIVIDE, i, n, y, yAt, a, aAt, b, bAt);
  }

  private static void maximum(int n, float[] y, int yAt, float[] a, int aAt, float[] b, int bAt) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector x = load(a, aAt + i);
      FloatVector z = load(b, bAt + i);
      x.max(z).intoArray(y, yAt + i);
    }
    rest(Binary.Function.MAXIMUM, i, n, y, yAt, a, aAt, b, bAt);
  }

  private static void minimum(int n, float[] y, int yAt, float[] a, int aAt, float[] b, int bAt) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector x = load(a, aAt + i);
      FloatVector z = load(b, bAt + i);
      x.min(z).intoArray(y, yAt + i);
    }
    rest(Binary.Function.MINIMUM, i, n, y, yAt, a, aAt, b, bAt);
  }

  private static void equal(int n, float[] y, int yAt, float[] a, int aAt, float[] b, int bAt) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector x = load(a, aAt + i);
      FloatVector z = load(b, bAt + i);
      ZERO.blend(1f, x.compare(VectorOperators.EQ, z)).intoArray(y, yAt + i);
    }
    rest(Binary.Function.EQUAL, i, n, y, yAt, a, aAt, b, bAt);
  }

  private static void less(int n, float[] y, int yAt, float[] a, int aAt, float[] b, int bAt) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector x = load(a, aAt + i);
      FloatVector z = load(b, bAt + i);
      ZERO.blend(1f, x.compare(VectorOperators.LT, z)).intoArray(y, yAt + i);
    }
    rest(Binary.Function.LESS, i, n, y, yAt, a, aAt, b, bAt);
  }

  private static void lessEqual(int n, float[] y, int yAt, float[] a, int aAt, float[] b, int bAt) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector x = load(a, aAt + i);
      FloatVector z = load(b, bAt + i);
      ZERO.blend(1f, x.compare(VectorOperators.LE, z)).intoArray(y, yAt + i);
    }
    rest(Binary.Function.LESS_EQUAL, i, n, y, yAt, a, aAt, b, bAt);
  }

  private static void reluGradient(
      int n, float[] y, int yAt, float[] a, int aAt, float[] b, int bAt) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector x = load(a, aAt + i);
      FloatVector z = load(b, bAt + i);
      ZERO.blend(z, x.compare(VectorOperators.GT, 0f)).intoArray(y, yAt + i);
    }
    rest(Binary.Function.RELU_GRADIENT, i, n, y, yAt, a, aAt, b, bAt);
  }

  private static void tanhGradient(
      int n, float[] y, int yAt, float[] a, int aAt, float[] b, int bAt) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector x = load(a, aAt + i);
      FloatVector z = load(b, bAt + i);
      z.mul(ONE.sub(x.mul(x))).intoArray(y, yAt + i);
    }
    rest(Binary.Function.TANH_GRADIENT, i, n, y, yAt, a, aAt, b, bAt);
  }

  private static void sigmoidGradient(
      int n, float[] y, int yAt, float[] a, int aAt, float[] b, int bAt) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector x = load(a, aAt + i);
      FloatVector z = load(b, bAt + i);
      z.mul(x).mul(ONE.sub(x)).intoArray(y, yAt + i);
    }
    rest(Binary.Function.SIGMOID_GRADIENT, i, n, y, yAt, a, aAt, b, bAt);
  }

  private static void relu6(int n, float[] y, int yAt, float[] a, int aAt, float[] b, int bAt) {
    int i = 0;
    for (; i <= n - L; i += L) {
      load(a, aAt + i).max(0f).min(6f).intoArray(y, yAt + i);
    }
    for (; i < n; i++) {
      y[yAt + i] = Math.min(Math.max(a[aAt + i], 0f), 6f);
    }
  }

  private static void relu6Gradient(
      int n, float[] y, int yAt, float[] a, int aAt, float[] b, int bAt) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector x = load(a, aAt + i);
      FloatVector z = load(b, bAt + i);
      FloatVector positive = ZERO.blend(z, x.compare(VectorOperators.GT, 0f));
      ZERO.blend(positive, x.compare(VectorOperators.LT, 6f)).intoArray(y, yAt + i);
    }
    for (; i < n; i++) {
      y[yAt + i] = a[aAt + i] > 0f && a[aAt + i] < 6f ? b[bAt + i] : 0f;
    }
  }
}
