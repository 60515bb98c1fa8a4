// Exponential functions on vectors of floats: polynomial and rational approximations that keep IEEE 754's rules for
// NaN and infinities. Doubles take the library's functions lane by lane.
#pragma once

#include <cmath>

#include "simd.h"

namespace volute::VOLUTE_LEVEL {

template <class V>
VOLUTE_INLINE V relu(V x) {
  return x < V{} ? V{} : x;
}

template <class V>
VOLUTE_INLINE V relu6(V x) {
  const V six = V{} + 6.0f;
  return relu(x) > six ? six : relu(x);
}

// x held between the limits. A NaN passes.
VOLUTE_INLINE f32v between(float low, f32v x, float high) {
#if defined(__AVX512F__) && VOLUTE_VECTOR_BYTES == 64
  // Of a pair with a NaN the second one is taken.
  constexpr __mmask16 all = 0xFFFF;
  return (f32v)_mm512_maskz_max_ps(all, _mm512_set1_ps(low), _mm512_maskz_min_ps(all, _mm512_set1_ps(high), (__m512)x));
#elif defined(__AVX2__) && VOLUTE_VECTOR_BYTES == 32
  return (f32v)_mm256_max_ps(_mm256_set1_ps(low), _mm256_min_ps(_mm256_set1_ps(high), (__m256)x));
#else
  x = x > broadcast(high) ? broadcast(high) : x;
  return x < broadcast(low) ? broadcast(low) : x;
#endif
}

// x 2^n for whole numbers n from -252 to 254, rounded once.
VOLUTE_INLINE f32v scaled(f32v x, f32v n) {
#if defined(__AVX512F__) && VOLUTE_VECTOR_BYTES == 64
  return (f32v)_mm512_maskz_scalef_ps(0xFFFF, (__m512)x, (__m512)n);
#else
  // In two halves, lest a factor be no normal number; the first product is exact.
  const i32v all = __builtin_convertvector(n, i32v);
  const i32v half = all >> 1;
  return x * (f32v)((half + 127) << 23) * (f32v)((all - half + 127) << 23);
#endif
}

// e^x with a relative error of about 1e-7: x = n ln 2 + r with |r| <= ln 2 / 2, a polynomial in r, and 2^n.
VOLUTE_INLINE f32v exp(f32v x) {
  const f32v magic = broadcast(12582912.0f);  // 1.5 * 2^23: adding it rounds to a whole number
  x = between(-104.0f, x, 89.0f);
  const f32v whole = x * 1.44269504088896341f + magic - magic;
  const f32v r = (x - whole * 0.693359375f) + whole * 2.12194440e-4f;
  f32v p = r * 1.9875691500e-4f + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * (r * r) + r + 1.0f;
  return scaled(p, whole);
}

VOLUTE_INLINE f32v sigmoid(f32v x) { return 1.0f / (1.0f + exp(-x)); }

// x P(x^2) / Q(x^2), relative error below 3e-7; beyond the clamp tanh is 1 to the last bit.
VOLUTE_INLINE f32v tanh(f32v x) {
  constexpr float limit = 7.90531110763549805f;
  x = between(-limit, x, limit);
  const f32v u = x * x;
  f32v p = u * -2.76076847742355e-16f + 2.00018790482477e-13f;
  p = p * u + -8.60467152213735e-11f;
  p = p * u + 5.12229709037114e-08f;
  p = p * u + 1.48572235717979e-05f;
  p = p * u + 6.37261928875436e-04f;
  p = p * u + 4.89352455891786e-03f;
  f32v q = u * 1.19825839466702e-06f + 1.18534705686654e-04f;
  q = q * u + 2.26843463243900e-03f;
  q = q * u + 4.89352518554385e-03f;
  return x * p / q;
}

// ln x = e ln 2 + ln m with sqrt(1/2) <= m < sqrt(2).
VOLUTE_INLINE f32v log(f32v x) {
  const f32v zero{};
  const i32v tiny = x < broadcast(1.17549435e-38f);
  const f32v scaled = tiny ? x * 8388608.0f : x;
  i32v bits = (i32v)scaled;
  i32v e = ((bits >> 23) & 0xFF) - 126;
  e = tiny ? e - 23 : e;
  f32v m = (f32v)((bits & 0x007FFFFF) | 0x3F000000);  // in [1/2, 1)
  const i32v low = m < broadcast(0.707106781186547524f);
  e = low ? e - 1 : e;
  m = low ? m + m - 1.0f : m - 1.0f;
  const f32v z = m * m;
  f32v p = m * 7.0376836292e-2f - 1.1514610310e-1f;
  p = p * m + 1.1676998740e-1f;
  p = p * m - 1.2420140846e-1f;
  p = p * m + 1.4249322787e-1f;
  p = p * m - 1.6668057665e-1f;
  p = p * m + 2.0000714765e-1f;
  p = p * m - 2.4999993993e-1f;
  p = p * m + 3.3333331174e-1f;
  const f32v n = __builtin_convertvector(e, f32v);
  f32v y = p * m * z + n * -2.12194440e-4f - z * 0.5f;
  y = m + y + n * 0.693359375f;
  const f32v infinity = broadcast(__builtin_inff());
  y = x == infinity ? infinity : y;
  y = x == zero ? -infinity : y;
  return x < zero || x != x ? broadcast(__builtin_nanf("")) : y;
}

#define VOLUTE_LANEWISE(NAME, EXPRESSION)           \
  VOLUTE_INLINE f64v NAME(f64v v) {                 \
    for (int i = 0; i < lanes<double>; i++) {       \
      const double x = v[i];                        \
      v[i] = EXPRESSION;                            \
    }                                               \
    return v;                                       \
  }
VOLUTE_LANEWISE(exp, std::exp(x))
VOLUTE_LANEWISE(log, std::log(x))
VOLUTE_LANEWISE(tanh, std::tanh(x))
VOLUTE_LANEWISE(sigmoid, 1 / (1 + std::exp(-x)))
#undef VOLUTE_LANEWISE

// A scalar goes the way of a vector, so that an element's value does not depend on where in an array it stands.
#define VOLUTE_SCALAR(NAME)                                        \
  VOLUTE_INLINE float NAME(float x) { return NAME(broadcast(x))[0]; } \
  VOLUTE_INLINE double NAME(double x) { return NAME(broadcast(x))[0]; }
VOLUTE_SCALAR(exp)
VOLUTE_SCALAR(log)
VOLUTE_SCALAR(tanh)
VOLUTE_SCALAR(sigmoid)
#undef VOLUTE_SCALAR

}  // namespace volute::VOLUTE_LEVEL
