// Vectors of the instruction set that this file is compiled for.
//
// Every source file of this folder is compiled once per instruction set, with its own -m flags and its own
// value of VOLUTE_LEVEL, which names the namespace everything lives in. GCC vector extensions only: the same
// text gives SSE2, AVX2, AVX-512 or NEON code.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#ifndef VOLUTE_LEVEL
#error "compile with -DVOLUTE_LEVEL=<namespace> -DVOLUTE_VECTOR_BYTES=<16, 32 or 64>"
#endif

namespace volute::VOLUTE_LEVEL {

#define VOLUTE_INLINE inline __attribute__((always_inline))

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

template <class T>
VOLUTE_INLINE Vector<T> broadcast(T x) {
  return x - Vector<T>{};
}

// The first `count` lanes of memory, zeros after them.
template <class T>
VOLUTE_INLINE Vector<T> load_part(const T* p, int64_t count) {
  Vector<T> v{};
  for (int64_t i = 0; i < count; i++) {
    v[i] = p[i];
  }
  return v;
}

template <class T>
VOLUTE_INLINE void store_part(T* p, Vector<T> v, int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    p[i] = v[i];
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
