package dev.volute.backend.java.plain;

import dev.volute.graph.Binary;
import dev.volute.graph.Unary;

/**
 * Functions of one float: polynomial and rational approximations that keep IEEE 754's rules for NaN
 * and infinities. Their vector twins do the same operations in the same order, so that both give
 * the same bits.
 */
public final class Scalars {
  /** 1.5 * 2^23: adding it rounds to a whole number. */
  private static final float ROUNDING = 12582912f;

  /** The bits of 1 and of sqrt(1/2). */
  private static final int ONE = 0x3F800000;

  private static final int ROOT_HALF = 0x3F3504F3;

  private static final float TANH_LIMIT = 7.90531110763549805f;

  /**
   * Whether products are fused with sums. A processor that cannot takes ages to, but no JVM is
   * given the Vector API for the sake of such a one.
   */
  private static final boolean FUSED =
      ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();

  private Scalars() {}

  private static float mulAdd(float a, float b, float c) {
    return FUSED ? Math.fma(a, b, c) : a * b + c;
  }

  /**
   * e^x with a relative error of 1e-7: n ln 2 taken out of x, a polynomial of what is left (Cephes,
   * expf), times 2^n in two halves so that denormal results come out right.
   */
  public static float exp(float x) {
    float clamped = Math.max(-104f, Math.min(89f, x));
    float shifted = mulAdd(clamped, 1.44269504088896341f, ROUNDING);
    float whole = shifted - ROUNDING;
    int n = Float.floatToRawIntBits(shifted) - Float.floatToRawIntBits(ROUNDING);
    float r = mulAdd(whole, 2.12194440e-4f, mulAdd(whole, -0.693359375f, clamped));
    float p = mulAdd(r, 1.9875691500e-4f, 1.3981999507e-3f);
    p = mulAdd(p, r, 8.3334519073e-3f);
    p = mulAdd(p, r, 4.1665795894e-2f);
    p = mulAdd(p, r, 1.6666665459e-1f);
    p = mulAdd(p, r, 5.0000001201e-1f);
    p = mulAdd(p, r * r, r) + 1f;
    int half = n >> 1;
    return p * powerOfTwo(half) * powerOfTwo(n - half);
  }

  private static float powerOfTwo(int n) {
    return Float.intBitsToFloat((n + 127) << 23);
  }

  /** 1 / (1 + e^-x). */
  public static float sigmoid(float x) {
    return 1f / (1f + exp(-x));
  }

  /** x P(x^2) / Q(x^2), relative error 2.4e-7; beyond the limit tanh is 1 to the last bit. */
  public static float tanh(float x) {
    float c = Math.max(-TANH_LIMIT, Math.min(TANH_LIMIT, x));
    float u = c * c;
    float p = mulAdd(u, -2.76076847742355e-16f, 2.00018790482477e-13f);
    p = mulAdd(p, u, -8.60467152213735e-11f);
    p = mulAdd(p, u, 5.12229709037114e-08f);
    p = mulAdd(p, u, 1.48572235717979e-05f);
    p = mulAdd(p, u, 6.37261928875436e-04f);
    p = mulAdd(p, u, 4.89352455891786e-03f);
    float q = mulAdd(u, 1.19825839466702e-06f, 1.18534705686654e-04f);
    q = mulAdd(q, u, 2.26843463243900e-03f);
    q = mulAdd(q, u, 4.89352518554385e-03f);
    return c * (p / q);
  }

  /** ln x = e ln 2 + ln m with sqrt(1/2) <= m < sqrt(2) (Cephes, logf). */
  public static float log(float x) {
    if (!(x > 0f) || x == Float.POSITIVE_INFINITY) {
      return x == 0f ? Float.NEGATIVE_INFINITY : x < 0f ? Float.NaN : x;
    }
    boolean tiny = x < Float.MIN_NORMAL;
    int bits = Float.floatToRawIntBits(tiny ? x * 0x1p23f : x) + (ONE - ROOT_HALF);
    float e = (bits >> 23) - 127;
    float n = tiny ? e - 23f : e;
    float m = Float.intBitsToFloat((bits & 0x007FFFFF) + ROOT_HALF) - 1f;
    float z = m * m;
    float p = mulAdd(m, 7.0376836292e-2f, -1.1514610310e-1f);
    p = mulAdd(p, m, 1.1676998740e-1f);
    p = mulAdd(p, m, -1.2420140846e-1f);
    p = mulAdd(p, m, 1.4249322787e-1f);
    p = mulAdd(p, m, -1.6668057665e-1f);
    p = mulAdd(p, m, 2.0000714765e-1f);
    p = mulAdd(p, m, -2.4999993993e-1f);
    p = mulAdd(p, m, 3.3333331174e-1f);
    float y = mulAdd(z, -0.5f, mulAdd(n, -2.12194440e-4f, p * m * z));
    return mulAdd(n, 0.693359375f, m + y);
  }

  /** max(x, 0); NaN stays NaN. */
  public static float relu(float x) {
    return Math.max(x, 0f);
  }

  /** The function of one argument by name. */
  public static float unary(Unary.Function function, float x) {
    return switch (function) {
      case NEGATE -> -x;
      case ABS -> Math.abs(x);
      case SIGN -> Math.signum(x);
      case SQRT -> (float) Math.sqrt(x);
      case EXP -> exp(x);
      case LOG -> log(x);
      case TANH -> tanh(x);
      case SIGMOID -> sigmoid(x);
      case RELU -> relu(x);
    };
  }

  /** The function of two arguments by name. */
  public static float binary(Binary.Function function, float a, float b) {
    return switch (function) {
      case ADD -> a + b;
      case SUBTRACT -> a - b;
      case MULTIPLY -> a * b;
      case DIVIDE -> a / b;
      case MAXIMUM -> Math.max(a, b);
      case MINIMUM -> Math.min(a, b);
      case POWER -> power(a, b);
      case EQUAL -> a == b ? 1f : 0f;
      case LESS -> a < b ? 1f : 0f;
      case LESS_EQUAL -> a <= b ? 1f : 0f;
      case RELU_GRADIENT -> a > 0f ? b : 0f;
      case TANH_GRADIENT -> b * (1f - a * a);
      case SIGMOID_GRADIENT -> b * a * (1f - a);
    };
  }

  /**
   * {@code a} to the power {@code b} as IEEE 754 has it: 1 to any power is 1, NaN included, and so
   * is -1 to an infinite one. {@link Math#pow} has NaN there.
   */
  static float power(float a, float b) {
    return a == 1 || (a == -1 && Float.isInfinite(b)) ? 1 : (float) Math.pow(a, b);
  }
}
