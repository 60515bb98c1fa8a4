// Functions of contiguous blocks of elements.
#pragma once

#include "transcendental.h"

namespace volute::VOLUTE_LEVEL {

// out[i] = f(a[i], b[i]) for i < n; out may be one of the inputs.
template <class T>
using Block = void (*)(int64_t n, T* out, const T* a, const T* b);

template <class T, class F>
VOLUTE_INLINE void map(int64_t n, T* out, const T* a, const T* b, F f) {
  constexpr int64_t L = lanes<T>;
  int64_t i = 0;
  for (; i + 4 * L <= n; i += 4 * L) {
#pragma GCC unroll 4
    for (int64_t u = 0; u < 4; u++) {
      store(out + i + u * L, f(load(a + i + u * L), load(b + i + u * L)));
    }
  }
  for (; i + L <= n; i += L) {
    store(out + i, f(load(a + i), load(b + i)));
  }
  if (i < n) {
    store_part(out + i, f(load_part(a + i, n - i), load_part(b + i, n - i)), n - i);
  }
}

// The block function of a code of volute.h, or null.
template <class T>
Block<T> block_function(int64_t function);

}  // namespace volute::VOLUTE_LEVEL
