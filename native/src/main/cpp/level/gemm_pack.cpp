// Operands of products copied into panels.
#include <type_traits>

#include "gemm.h"
#include "transpose.h"

namespace volute::VOLUTE_LEVEL {
namespace {

// Square blocks of this many elements are transposed in registers.
template <class T>
constexpr int corner = sizeof(T) * 8 <= VOLUTE_VECTOR_BYTES ? 8 : VOLUTE_VECTOR_BYTES / static_cast<int>(sizeof(T));

template <class T>
struct Corner {
  typedef T Row __attribute__((vector_size(sizeof(T) * corner<T>), aligned(sizeof(T)), may_alias));
};
template <class T>
using CornerRow = typename Corner<T>::Row;

// Transposes by halves: rounds of interleaving row i with row i + size / 2.
template <class T>
VOLUTE_INLINE void transpose(CornerRow<T> (&r)[corner<T>]) {
  constexpr int size = corner<T>;
  CornerRow<T> t[size];
  if constexpr (size == 8) {
#pragma GCC unroll 3
    for (int round = 0; round < 3; round++) {
#pragma GCC unroll 4
      for (int i = 0; i < 4; i++) {
        t[2 * i] = __builtin_shufflevector(r[i], r[i + 4], 0, 8, 1, 9, 2, 10, 3, 11);
        t[2 * i + 1] = __builtin_shufflevector(r[i], r[i + 4], 4, 12, 5, 13, 6, 14, 7, 15);
      }
#pragma GCC unroll 8
      for (int i = 0; i < 8; i++) {
        r[i] = t[i];
      }
    }
  } else if constexpr (size == 4) {
#pragma GCC unroll 2
    for (int round = 0; round < 2; round++) {
#pragma GCC unroll 2
      for (int i = 0; i < 2; i++) {
        t[2 * i] = __builtin_shufflevector(r[i], r[i + 2], 0, 4, 1, 5);
        t[2 * i + 1] = __builtin_shufflevector(r[i], r[i + 2], 2, 6, 3, 7);
      }
#pragma GCC unroll 4
      for (int i = 0; i < 4; i++) {
        r[i] = t[i];
      }
    }
  } else {
    t[0] = __builtin_shufflevector(r[0], r[1], 0, 2);
    t[1] = __builtin_shufflevector(r[0], r[1], 1, 3);
    r[0] = t[0];
    r[1] = t[1];
  }
}

// The columns that fill vectors, whose number it returns: in blocks that fill lines of the cache.
inline int64_t pack_wide(int64_t k, int64_t width, int64_t padded, const float* src, int64_t j_stride, float* dst) {
  constexpr int64_t L = lanes<float>;
  const int64_t wide = width / L * L;
  for (int64_t j = 0; j < wide; j += L) {
    int64_t p = 0;
    for (; p + L <= k; p += L) {
      const float* rows[L];
#pragma GCC unroll 16
      for (int64_t i = 0; i < L; i++) {
        rows[i] = src + (j + i) * j_stride + p;
      }
      transpose_block(rows, dst + p * padded + j, padded);
    }
    for (; p < k; p++) {
      for (int64_t i = 0; i < L; i++) {
        dst[p * padded + j + i] = src[(j + i) * j_stride + p];
      }
    }
  }
  return wide;
}

// k runs contiguously in the source. Stores of whole rows run over into the next, which is written later; the
// last ones run over into the slack.
template <class T>
void pack_transposed(int64_t k, int64_t width, int64_t padded, const T* src, int64_t j_stride, T* dst, T scale) {
  constexpr int size = corner<T>;
  const int64_t whole = k / size * size;
  int64_t done = 0;
  if constexpr (std::is_same_v<T, float> && lanes<T> > size) {
    done = scale == 1 ? pack_wide(k, width, padded, src, j_stride, dst) : 0;
  }
  for (int64_t j = done; j < padded; j += size) {
    const int64_t valid = minimum(width - j, int64_t{size});
    const bool last = j + size >= padded;
    for (int64_t p = 0; p < whole; p += size) {
      CornerRow<T> r[size];
#pragma GCC unroll 8
      for (int i = 0; i < size; i++) {
        r[i] = i < valid ? *reinterpret_cast<const CornerRow<T>*>(src + (j + i) * j_stride + p) : CornerRow<T>{};
      }
      transpose<T>(r);
      const int64_t live = minimum(padded - j, int64_t{size});
      if (live == size || padded <= size) {
#pragma GCC unroll 8
        for (int i = 0; i < size; i++) {
          *reinterpret_cast<CornerRow<T>*>(dst + (p + i) * padded + j) = r[i] * scale;
        }
      } else {
        for (int i = 0; i < size; i++) {
          for (int64_t x = 0; x < live; x++) {
            dst[(p + i) * padded + j + x] = r[i][x] * scale;
          }
        }
      }
    }
    const int64_t end = last ? padded : j + size;
    for (int64_t p = whole; p < k; p++) {
      for (int64_t x = j; x < end; x++) {
        dst[p * padded + x] = x < width ? src[x * j_stride + p] * scale : T{0};
      }
    }
  }
}

// j runs contiguously in the source.
template <class T>
void pack_rows(int64_t k, int64_t width, int64_t padded, const T* src, int64_t k_stride, T* dst, T scale) {
  constexpr int64_t L = lanes<T>;
  using Row = CornerRow<T>;
  if (width == corner<T> && padded == width) {
    for (int64_t p = 0; p < k; p++) {
      *reinterpret_cast<Row*>(dst + p * padded) = *reinterpret_cast<const Row*>(src + p * k_stride) * scale;
    }
    return;
  }
  const int64_t whole = width / L * L;
  for (int64_t p = 0; p < k; p++) {
    const T* from = src + p * k_stride;
    T* to = dst + p * padded;
    for (int64_t j = 0; j < whole; j += L) {
      store(to + j, load(from + j) * scale);
    }
    if (whole < padded) {
      store_part(to + whole, load_part(from + whole, width - whole) * scale, padded - whole);
    }
  }
}

}  // namespace

template <class T>
void pack(int64_t k, int64_t width, int64_t padded, const T* src, int64_t k_stride, int64_t j_stride, T* dst,
          T scale) {
  if (k_stride == 1 && j_stride != 1) {
    pack_transposed(k, width, padded, src, j_stride, dst, scale);
  } else if (j_stride == 1) {
    pack_rows(k, width, padded, src, k_stride, dst, scale);
  } else {
    for (int64_t p = 0; p < k; p++) {
      const T* from = src + p * k_stride;
      T* to = dst + p * padded;
      for (int64_t j = 0; j < width; j++) {
        to[j] = from[j * j_stride] * scale;
      }
      for (int64_t j = width; j < padded; j++) {
        to[j] = T{0};
      }
    }
  }
}

template void pack<float>(int64_t, int64_t, int64_t, const float*, int64_t, int64_t, float*, float);
template void pack<double>(int64_t, int64_t, int64_t, const double*, int64_t, int64_t, double*, double);

}  // namespace volute::VOLUTE_LEVEL
