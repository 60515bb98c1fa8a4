package dev.volute.backend.java.plain;

/**
 * Exponential functions of one float: polynomial and rational approximations that keep IEEE 754's
 * rules for NaN and infinities.
 */
public final class Scalars {
  /** 1.5 * 2^23: adding it rounds to a whole number. */
  private static final float ROUNDING = 12582912f;

  private Scalars() {}

  /**
   * e^x: with n ln 2 taken out of x, a polynomial of what is left (Cephes), times 2^n in two halves
   * so that denormal results come out right.
   */
  public static float exp(float x) {
    float clamped = x > 89f ? 89f : x < -104f ? -104f : x;
    float shifted = clamped * 1.44269504088896341f + ROUNDING;
    float whole = shifted - ROUNDING;
    int n = Float.floatToRawIntBits(shifted) - Float.floatToRawIntBits(ROUNDING);
    float r = clamped - whole * 0.693359375f + whole * 2.12194440e-4f;
    float p = r * 1.9875691500e-4f + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * (r * r) + r + 1f;
    int half = n >> 1;
    return p * powerOfTwo(half) * powerOfTwo(n - half);
  }

  private static float powerOfTwo(int n) {
    return Float.intBitsToFloat((n + 127) << 23);
  }

  public static float sigmoid(float x) {
    return 1f / (1f + exp(-x));
  }

  /** x P(x^2) / Q(x^2); beyond the clamp tanh is 1 to the last bit. */
  public static float tanh(float x) {
    float c = Math.max(-7.90531110763549805f, Math.min(7.90531110763549805f, x));
    float u = c * c;
    float p = u * -2.76076847742355e-16f + 2.00018790482477e-13f;
    p = p * u - 8.60467152213735e-11f;
    p = p * u + 5.12229709037114e-08f;
    p = p * u + 1.48572235717979e-05f;
    p = p * u + 6.37261928875436e-04f;
    p = p * u + 4.89352455891786e-03f;
    float q = u * 1.19825839466702e-06f + 1.18534705686654e-04f;
    q = q * u + 2.26843463243900e-03f;
    q = q * u + 4.89352518554385e-03f;
    return c * p / q;
  }

  /** max(x, 0); NaN stays NaN. */
  public static float relu(float x) {
    return x <= 0f ? 0f : x;
  }
}
