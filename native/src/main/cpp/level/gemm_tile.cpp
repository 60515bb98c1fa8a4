#include "gemm.h"

#include <utility>

#include "transcendental.h"

namespace volute::VOLUTE_LEVEL {
namespace {

template <class T, int R, int V>
void tile(const Depth& depth, const T* __restrict first, int64_t lda, const T* __restrict b, int64_t ldb,
          T* __restrict c, int64_t ldc, bool accumulate, const T* ahead) {
  constexpr int L = lanes<T>;
  constexpr bool reads_ahead = R > 3 && R <= tile_rows;
  [[maybe_unused]] const int64_t step = ahead ? line_bytes / static_cast<int64_t>(sizeof(T)) : 0;
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
  template void finish<T>(const Epilogue<T>&, int64_t, int64_t, int64_t, int64_t, T*, int64_t);                   \
  template void tile_product<T>(const Depth&, int64_t, int64_t, const T*, int64_t, const T*, int64_t, T*, int64_t, bool, T*, const T*);
VOLUTE_INSTANTIATE(float)
VOLUTE_INSTANTIATE(double)

}  // namespace volute::VOLUTE_LEVEL
