// Vectors of the instruction set that this file is compiled for.
//
// Every source file of this folder is compiled once per instruction set, with its own -m flags and its own
// value of VOLUTE_LEVEL, which names the namespace everything lives in. GCC vector extensions: the same text
// gives SSE2, AVX2, AVX-512 or NEON code. Only parts of vectors have text of their own where there are masks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

#ifndef VOLUTE_LEVEL
#error "compile with -DVOLUTE_LEVEL=<namespace> -DVOLUTE_VECTOR_BYTES=<16, 32 or 64>"
#endif

namespace volute::VOLUTE_LEVEL {

#define VOLUTE_INLINE inline __attribute__((always_inline))
// Behind the parameters of a lambda.
#define VOLUTE_INLINE_LAMBDA __attribute__((always_inline))

// Unaligned, aliasing vector types: a load or store is a plain dereference.
typedef float f32v __attribute__((vector_size(VOLUTE_VECTOR_BYTES), aligned(4), may_alias));
typedef double f64v __attribute__((vector_size(VOLUTE_VECTOR_BYTES), aligned(8), may_alias));
typedef int32_t i32v __attribute__((vector_size(VOLUTE_VECTOR_BYTES), aligned(4), may_alias));
typedef uint32_t u32v __attribute__((vector_size(VOLUTE_VECTOR_BYTES), aligned(4), may_alias));

template <class T>
struct Lanes;
template <>
struct Lanes<float> {
  using Vector = f32v;
};
template <>
struct Lanes<double> {
  using Vector = f64v;
};
template <>
struct Lanes<int32_t> {
  using Vector = i32v;
};

template <class T>
using Vector = typename Lanes<T>::Vector;

template <class T>
constexpr int lanes = VOLUTE_VECTOR_BYTES / static_cast<int>(sizeof(T));

template <class T>
VOLUTE_INLINE Vector<T> load(const T* p) {
  return *reinterpret_cast<const Vector<T>*>(p);
}

template <class T>
VOLUTE_INLINE void store(T* p, Vector<T> v) {
  *reinterpret_cast<Vector<T>*>(p) = v;
}

// Stores a vector, which begins where one may lie in an array of them, past the caches: for what is read again only when
// they have long held other things. Without vectors of AVX a plain store. Other threads see it after the job, like any
// store: a pool's jobs begin and end with locked instructions, which such stores do not pass.
VOLUTE_INLINE void store_past(float* p, f32v v) {
#if defined(__AVX512F__) && VOLUTE_VECTOR_BYTES == 64
  _mm512_stream_ps(p, (__m512)v);
#elif defined(__AVX2__) && VOLUTE_VECTOR_BYTES == 32
  _mm256_stream_ps(p, (__m256)v);
#else
  store(p, v);
#endif
}

template <class T>
VOLUTE_INLINE Vector<T> broadcast(T x) {
  return x - Vector<T>{};
}

// The first `count` lanes of memory, zeros after them. Lanes beyond are not touched; count may be 0 or less, or more than
// there are lanes.
template <class T>
VOLUTE_INLINE Vector<T> load_part(const T* p, int64_t count) {
  Vector<T> v{};
  for (int64_t i = 0; i < lanes<T> && i < count; i++) {
    v[i] = p[i];
  }
  return v;
}

template <class T>
VOLUTE_INLINE void store_part(T* p, Vector<T> v, int64_t count) {
  for (int64_t i = 0; i < lanes<T> && i < count; i++) {
    p[i] = v[i];
  }
}

// Lane numbers below `count` are all ones, the others zero.
VOLUTE_INLINE i32v first_lanes(int64_t count) {
  i32v number;
  for (int i = 0; i < lanes<int32_t>; i++) {
    number[i] = i;
  }
  return number < broadcast(static_cast<int32_t>(count));
}

// Four-byte lanes have masks where vectors are those of AVX or wider; elsewhere parts are short.
#if defined(__AVX512F__) && VOLUTE_VECTOR_BYTES == 64
VOLUTE_INLINE __mmask16 lane_mask(int64_t count) {
  return static_cast<__mmask16>(count >= 16 ? 0xFFFF : count <= 0 ? 0 : (1 << count) - 1);
}
template <>
VOLUTE_INLINE f32v load_part<float>(const float* p, int64_t count) {
  return (f32v)_mm512_maskz_loadu_ps(lane_mask(count), p);
}
template <>
VOLUTE_INLINE i32v load_part<int32_t>(const int32_t* p, int64_t count) {
  return (i32v)_mm512_maskz_loadu_epi32(lane_mask(count), p);
}
template <>
VOLUTE_INLINE void store_part<float>(float* p, f32v v, int64_t count) {
  _mm512_mask_storeu_ps(p, lane_mask(count), (__m512)v);
}
template <>
VOLUTE_INLINE void store_part<int32_t>(int32_t* p, i32v v, int64_t count) {
  _mm512_mask_storeu_epi32(p, lane_mask(count), (__m512i)v);
}
#elif defined(__AVX2__) && VOLUTE_VECTOR_BYTES == 32
template <>
VOLUTE_INLINE f32v load_part<float>(const float* p, int64_t count) {
  return (f32v)_mm256_maskload_ps(p, (__m256i)first_lanes(count));
}
template <>
VOLUTE_INLINE i32v load_part<int32_t>(const int32_t* p, int64_t count) {
  return (i32v)_mm256_maskload_epi32(p, (__m256i)first_lanes(count));
}
template <>
VOLUTE_INLINE void store_part<float>(float* p, f32v v, int64_t count) {
  _mm256_maskstore_ps(p, (__m256i)first_lanes(count), (__m256)v);
}
template <>
VOLUTE_INLINE void store_part<int32_t>(int32_t* p, i32v v, int64_t count) {
  _mm256_maskstore_epi32(p, (__m256i)first_lanes(count), (__m256i)v);
}
#endif

// Every second element of memory, from the first on: `count` of them, then zeros. Reads no further than the last.
template <class T>
VOLUTE_INLINE Vector<T> load_even(const T* p, int64_t count) {
  constexpr int L = lanes<T>;
  const bool whole = count >= L;
  const Vector<T> low = whole ? load(p) : load_part(p, 2 * count - 1);
  const Vector<T> high = whole ? load_part(p + L, L - 1) : load_part(p + L, 2 * count - 1 - L);
  if constexpr (L == 16) {
    return __builtin_shufflevector(low, high, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
  } else if constexpr (L == 8) {
    return __builtin_shufflevector(low, high, 0, 2, 4, 6, 8, 10, 12, 14);
  } else if constexpr (L == 4) {
    return __builtin_shufflevector(low, high, 0, 2, 4, 6);
  } else {
    return __builtin_shufflevector(low, high, 0, 2);
  }
}

// Stores a[0], b[0], a[1], b[1] and so on: `count` pairs.
template <class T>
VOLUTE_INLINE void store_pairs(T* p, Vector<T> a, Vector<T> b, int64_t count) {
  constexpr int L = lanes<T>;
  Vector<T> low, high;
  if constexpr (L == 16) {
    low = __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    high = __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  } else if constexpr (L == 8) {
    low = __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
    high = __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
  } else if constexpr (L == 4) {
    low = __builtin_shufflevector(a, b, 0, 4, 1, 5);
    high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
  } else {
    low = __builtin_shufflevector(a, b, 0, 2);
    high = __builtin_shufflevector(a, b, 1, 3);
  }
  if (count >= L) {
    store(p, low);
    store(p + L, high);
  } else {
    store_part(p, low, 2 * count);
    store_part(p + L, high, 2 * count - L);
  }
}

template <class T>
VOLUTE_INLINE T horizontal_sum(Vector<T> v) {
  T part[lanes<T>];
  std::memcpy(part, &v, sizeof(part));
  for (int width = lanes<T> / 2; width > 0; width /= 2) {
    for (int i = 0; i < width; i++) {
      part[i] += part[i + width];
    }
  }
  return part[0];
}

template <class A, class B>
constexpr auto minimum(A a, B b) -> decltype(a + b) {
  return a < b ? a : b;
}

template <class A, class B>
constexpr auto maximum(A a, B b) -> decltype(a + b) {
  return a > b ? a : b;
}

constexpr int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

}  // namespace volute::VOLUTE_LEVEL
