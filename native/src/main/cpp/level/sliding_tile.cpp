#include "sliding_tile.h"

#include <utility>

namespace volute::VOLUTE_LEVEL {
namespace {

constexpr int64_t L = lanes<float>;

// Vectors whose groups do not lie side by side: bits of a number.
constexpr int none = 0;
constexpr int middle = 2;
constexpr int all = 7;

#if VOLUTE_VECTOR_BYTES == 64
constexpr bool may_split = true;
#else
constexpr bool may_split = false;
#endif

// Vector v of the pixels that a cell meets.
template <bool Split>
VOLUTE_INLINE f32v pixels(const float* cell, const int64_t* groups, int v) {
#if VOLUTE_VECTOR_BYTES == 64
  if constexpr (Split) {
    typedef float Group __attribute__((vector_size(sliding_group * sizeof(float)), aligned(4), may_alias));
    const Group first = *reinterpret_cast<const Group*>(cell + groups[2 * v]);
    const Group second = *reinterpret_cast<const Group*>(cell + groups[2 * v + 1]);
    return __builtin_shufflevector(first, second, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  }
#endif
  const int64_t at = v * L;
  return load(cell + groups[at / sliding_group] + at % sliding_group);
}

using Kernel = void (*)(const SlidingTile& t, int64_t last);

// The last of V vectors holds `last` results.
template <int R, int V, int Splits>
void tile(const SlidingTile& t, int64_t last) {
  f32v sum[R][V];
#pragma GCC unroll 8
  for (int i = 0; i < R; i++) {
#pragma GCC unroll 3
    for (int j = 0; j < V; j++) {
      sum[i][j] = f32v{};
    }
  }
  int64_t groups[V * L / sliding_group + 1];
  for (int64_t i = 0; i < ceil_div(V * L, sliding_group); i++) {
    groups[i] = t.groups[i];
  }
  const float* a = t.a;
  for (int64_t k = 0; k < t.k; k++, a += R) {
    const float* const cell = t.image + t.cells[k];
    f32v line[V];
    line[0] = pixels<(Splits & 1) != 0>(cell, groups, 0);
    if constexpr (V > 1) {
      line[1] = pixels<(Splits & 2) != 0>(cell, groups, 1);
    }
    if constexpr (V > 2) {
      line[2] = pixels<(Splits & 4) != 0>(cell, groups, 2);
    }
#pragma GCC unroll 8
    for (int i = 0; i < R; i++) {
      const f32v x = broadcast(a[i]);
#pragma GCC unroll 3
      for (int j = 0; j < V; j++) {
        sum[i][j] += x * line[j];
      }
    }
  }
  const f32v low = broadcast(t.low);
  const f32v high = broadcast(t.high);
#pragma GCC unroll 8
  for (int i = 0; i < R; i++) {
    const f32v bias = broadcast(t.bias ? t.bias[i] : 0.0f);
#pragma GCC unroll 3
    for (int j = 0; j < V; j++) {
      f32v v = sum[i][j] + bias;
      // A NaN passes.
      v = v < low ? low : v;
      v = v > high ? high : v;
      float* const to = t.y + i * t.plane + j * L;
      if (j < V - 1 || last == L) {
        store(to, v);
      } else {
        store_part(to, v, last);
      }
    }
  }
}

template <int V, int Splits, size_t... R>
Kernel choose(int64_t rows, std::index_sequence<R...>) {
  static constexpr Kernel kernels[] = {tile<static_cast<int>(R) + 1, V, Splits>...};
  return kernels[rows - 1];
}

template <int V>
Kernel kernel(int64_t vectors, int64_t rows, int splits) {
  if constexpr (V > 1) {
    if (vectors < V) {
      return kernel<V - 1>(vectors, rows, splits);
    }
  }
  constexpr auto heights = std::make_index_sequence<tile_rows>();
  if constexpr (may_split) {
    if (splits != none) {
      return splits == middle ? choose<V, middle>(rows, heights) : choose<V, all>(rows, heights);
    }
  }
  return choose<V, none>(rows, heights);
}

static_assert(sliding_vectors <= 3, "splits are those of three vectors");

}  // namespace

void sliding_product(const SlidingTile& t, int64_t rows, int64_t results) {
  const int64_t vectors = ceil_div(results, L);
  int splits = none;
  for (int64_t v = 0; may_split && v < vectors; v++) {
    splits |= t.groups[2 * v + 1] == t.groups[2 * v] + sliding_group ? 0 : 1 << v;
  }
  kernel<sliding_vectors>(vectors, rows, splits)(t, results - (vectors - 1) * L);
}

}  // namespace volute::VOLUTE_LEVEL
