#include "gemm.h"

#include <type_traits>
#include <utility>

#include "transcendental.h"
#include "transpose.h"

namespace volute::VOLUTE_LEVEL {
namespace {

template <class T, int R, int V>
void tile(const Depth& depth, const T* __restrict first, int64_t lda, const T* __restrict b, int64_t ldb,
          T* __restrict c, int64_t ldc, bool accumulate, const T* ahead) {
  constexpr int L = lanes<T>;
  constexpr bool reads_ahead = R <= tile_rows;
  const int64_t step = ahead ? line_bytes / static_cast<int64_t>(sizeof(T)) : 0;
  ahead = ahead ? ahead : b;
  Vector<T> sum[R][V];
  if (accumulate) {
#pragma GCC unroll 24
    for (int i = 0; i < R; i++) {
#pragma GCC unroll 8
      for (int j = 0; j < V; j++) {
        sum[i][j] = load(c + i * ldc + j * L);
      }
    }
  } else {
#pragma GCC unroll 24
    for (int i = 0; i < R; i++) {
#pragma GCC unroll 8
      for (int j = 0; j < V; j++) {
        sum[i][j] = Vector<T>{};
      }
    }
  }
  for (int64_t run = 0; run < depth.runs; run++) {
    const T* __restrict a = first + depth.starts[run];
    for (int64_t k = depth.k; k > 0; k--) {
      Vector<T> row[V];
#pragma GCC unroll 8
      for (int j = 0; j < V; j++) {
        row[j] = load(b + j * L);
      }
#pragma GCC unroll 24
      for (int i = 0; i < R; i++) {
        const Vector<T> x = broadcast(a[i]);
#pragma GCC unroll 8
        for (int j = 0; j < V; j++) {
          sum[i][j] += x * row[j];
        }
      }
      if constexpr (reads_ahead) {
        __builtin_prefetch(ahead, 0, 2);
        ahead += step;
      }
      a += lda;
      b += ldb;
    }
  }
#pragma GCC unroll 24
  for (int i = 0; i < R; i++) {
#pragma GCC unroll 8
    for (int j = 0; j < V; j++) {
      store(c + i * ldc + j * L, sum[i][j]);
    }
  }
}

template <class T, int R, int V>
constexpr MicroKernel<T> kernel_if_any() {
  if constexpr (V <= tile_vectors(R)) {
    return tile<T, R, V>;
  } else {
    return nullptr;
  }
}

template <class T>
struct KernelsOfRows {
  MicroKernel<T> of_vectors[tile_vectors_max];
};

template <class T, int R, size_t... V>
constexpr KernelsOfRows<T> kernels_of_rows(std::index_sequence<V...>) {
  return {{kernel_if_any<T, R, static_cast<int>(V) + 1>()...}};
}

template <class T, size_t... R>
MicroKernel<T> choose(int64_t rows, int64_t vectors, std::index_sequence<R...>) {
  static constexpr KernelsOfRows<T> kernels[] = {
      kernels_of_rows<T, static_cast<int>(R) + 1>(std::make_index_sequence<tile_vectors_max>())...};
  return kernels[rows - 1].of_vectors[vectors - 1];
}

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

template <class T>
VOLUTE_INLINE Vector<T> activated(Activation activation, Vector<T> v) {
  switch (activation) {
    case Activation::relu:
      return relu(v);
    case Activation::tanh:
      return tanh(v);
    case Activation::sigmoid:
      return sigmoid(v);
    case Activation::relu6:
      return relu6(v);
    default:
      return v;
  }
}

template <class T, Activation A>
void finish_rows(const Epilogue<T>& epilogue, int64_t row, int64_t column, int64_t rows, int64_t columns, T* c,
                 int64_t ldc) {
  constexpr int L = lanes<T>;
  for (int64_t i = 0; i < rows; i++) {
    T* line = c + i * ldc;
    const Vector<T> at_row = broadcast(epilogue.row_bias ? epilogue.row_bias[row + i] : T{0});
    const T* at_column = epilogue.column_bias ? epilogue.column_bias + column : nullptr;
    int64_t j = 0;
    for (; j + L <= columns; j += L) {
      Vector<T> v = load(line + j) + at_row;
      if (at_column) {
        v += load(at_column + j);
      }
      store(line + j, activated<T>(A, v));
    }
    if (j < columns) {
      const int64_t rest = columns - j;
      Vector<T> v = load_part(line + j, rest) + at_row;
      if (at_column) {
        v += load_part(at_column + j, rest);
      }
      store_part(line + j, activated<T>(A, v), rest);
    }
  }
}

}  // namespace

template <class T>
MicroKernel<T> micro_kernel(int64_t rows, int64_t vectors) {
  constexpr int most = sizeof(T) == sizeof(float) ? tallest : tile_rows;
  return choose<T>(rows, vectors, std::make_index_sequence<most>());
}

template <class T>
void pack(int64_t k, int64_t width, int64_t padded, const T* src, int64_t k_stride, int64_t j_stride, T* dst,
          T scale) {
  constexpr int L = lanes<T>;
  if (k_stride == 1 && j_stride != 1) {
    pack_transposed(k, width, padded, src, j_stride, dst, scale);
  } else if (j_stride == 1) {
    const int64_t whole = width / L * L;
    for (int64_t p = 0; p < k; p++) {
      const T* from = src + p * k_stride;
      T* to = dst + p * padded;
      for (int64_t j = 0; j < whole; j += L) {
        store(to + j, load(from + j) * scale);
      }
      for (int64_t j = whole; j < padded; j += L) {
        store_part(to + j, load_part(from + j, width - j) * scale, padded - j);
      }
    }
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

template <class T>
void finish(const Epilogue<T>& e, int64_t row, int64_t column, int64_t rows, int64_t columns, T* c, int64_t ldc) {
  if (e.empty()) {
    return;
  }
  switch (e.activation) {
    case Activation::identity:
      return finish_rows<T, Activation::identity>(e, row, column, rows, columns, c, ldc);
    case Activation::relu:
      return finish_rows<T, Activation::relu>(e, row, column, rows, columns, c, ldc);
    case Activation::tanh:
      return finish_rows<T, Activation::tanh>(e, row, column, rows, columns, c, ldc);
    case Activation::sigmoid:
      return finish_rows<T, Activation::sigmoid>(e, row, column, rows, columns, c, ldc);
    case Activation::relu6:
      return finish_rows<T, Activation::relu6>(e, row, column, rows, columns, c, ldc);
  }
}

template <class T>
void tile_product(const Depth& depth, int64_t rows, int64_t columns, const T* a, int64_t lda, const T* b, int64_t ldb,
                  T* c, int64_t ldc, bool accumulate, T* tile, const T* ahead) {
  constexpr int L = lanes<T>;
  const int64_t vectors = ceil_div(columns, L);
  const MicroKernel<T> kernel = micro_kernel<T>(rows, vectors);
  if (columns % L == 0) {
    kernel(depth, a, lda, b, ldb, c, ldc, accumulate, ahead);
    return;
  }
  const int64_t width = vectors * L;
  if (accumulate) {
    for (int64_t i = 0; i < rows; i++) {
      std::memcpy(tile + i * width, c + i * ldc, static_cast<size_t>(columns) * sizeof(T));
    }
  }
  kernel(depth, a, lda, b, ldb, tile, width, accumulate, ahead);
  for (int64_t i = 0; i < rows; i++) {
    std::memcpy(c + i * ldc, tile + i * width, static_cast<size_t>(columns) * sizeof(T));
  }
}

#define VOLUTE_INSTANTIATE(T)                                                                                     \
  template MicroKernel<T> micro_kernel<T>(int64_t, int64_t);                                                      \
  template void pack<T>(int64_t, int64_t, int64_t, const T*, int64_t, int64_t, T*, T);                            \
  template void finish<T>(const Epilogue<T>&, int64_t, int64_t, int64_t, int64_t, T*, int64_t);                   \
  template void tile_product<T>(const Depth&, int64_t, int64_t, const T*, int64_t, const T*, int64_t, T*, int64_t, bool, T*, const T*);
VOLUTE_INSTANTIATE(float)
VOLUTE_INSTANTIATE(double)

}  // namespace volute::VOLUTE_LEVEL
