#include "pixel_tile.h"

#include <utility>

namespace volute::VOLUTE_LEVEL {
namespace {

constexpr int64_t L = lanes<float>;
constexpr int64_t line_of_cache = 16;

// As many accumulators as there are registers, less those for one row of B and one broadcast.
#if VOLUTE_VECTOR_BYTES == 64
constexpr int most_vectors = 3;
constexpr int most_pixels(int vectors) { return vectors == 1 ? 24 : vectors == 2 ? 14 : 9; }
#else
constexpr int most_vectors = 2;
constexpr int most_pixels(int vectors) { return vectors == 1 ? 12 : 6; }
#endif

template <int R>
struct ChannelRows {
  SteppedRows<R> rows;

  VOLUTE_INLINE ChannelRows(const float* a, int64_t pitch) : rows(a, pitch) {}
  VOLUTE_INLINE float at(int i) const { return *rows.row(i); }
  VOLUTE_INLINE void next() { rows.advance(1); }
};

template <int R>
struct PlaneRows {
  const float* a;
  int64_t pitch;

  VOLUTE_INLINE PlaneRows(const float* a_, int64_t pitch_) : a(a_), pitch(pitch_) {}
  VOLUTE_INLINE float at(int i) const { return a[i]; }
  VOLUTE_INLINE void next() { a += pitch; }
};

// `ahead` is as many floats as each step reads ahead.
using Kernel = void (*)(const PixelTile& t, const float* a, int64_t pitch, const float* start, float* c, int64_t ahead);

template <template <int> class Rows, int V, int R>
void tile(const PixelTile& t, const float* first, int64_t pitch, const float* start, float* c, int64_t ahead_step) {
  const int64_t last = t.filters - (V - 1) * L;
  f32v sum[R][V];
  if (start) {
#pragma GCC unroll 24
    for (int i = 0; i < R; i++) {
#pragma GCC unroll 8
      for (int j = 0; j < V; j++) {
        const float* const from = start + i * t.start_pitch + j * L;
        sum[i][j] = j < V - 1 || last == L ? load(from) : load_part(from, last);
      }
    }
  } else {
#pragma GCC unroll 24
    for (int i = 0; i < R; i++) {
#pragma GCC unroll 8
      for (int j = 0; j < V; j++) {
        sum[i][j] = f32v{};
      }
    }
  }
  const float* b = t.b;
  const int64_t ldb = t.ldb;
  const float* ahead = t.ahead;
  for (int64_t run = 0; run < t.depth.runs; run++) {
    Rows<R> rows(first + t.depth.starts[run], pitch);
    for (int64_t k = t.depth.k; k > 0; k--) {
      f32v line[V];
#pragma GCC unroll 8
      for (int j = 0; j < V; j++) {
        line[j] = load(b + j * L);
      }
#pragma GCC unroll 24
      for (int i = 0; i < R; i++) {
        const f32v x = broadcast(rows.at(i));
#pragma GCC unroll 8
        for (int j = 0; j < V; j++) {
          sum[i][j] += x * line[j];
        }
      }
      for (int64_t i = 0; i < ahead_step; i += line_of_cache) {
        __builtin_prefetch(ahead + i, 0, 2);
      }
      ahead += ahead_step;
      rows.next();
      b += ldb;
    }
  }
  const f32v low = broadcast(t.low);
  const f32v high = broadcast(t.high);
  f32v bias[V];
  for (int j = 0; j < V; j++) {
    bias[j] = t.bias ? load(t.bias + j * L) : f32v{};
  }
#pragma GCC unroll 24
  for (int i = 0; i < R; i++) {
#pragma GCC unroll 8
    for (int j = 0; j < V; j++) {
      f32v v = sum[i][j] + bias[j];
      // A NaN passes.
      v = v < low ? low : v;
      v = v > high ? high : v;
      float* const to = c + i * t.ldc + j * L;
      if (j < V - 1 || last == L) {
        store(to, v);
      } else {
        store_part(to, v, last);
      }
    }
  }
}

template <template <int> class Rows, int V, size_t... R>
Kernel choose(int64_t pixels, std::index_sequence<R...>) {
  static constexpr Kernel kernels[] = {tile<Rows, V, static_cast<int>(R) + 1>...};
  return kernels[pixels - 1];
}

template <template <int> class Rows, int V>
Kernel kernel(int64_t vectors, int64_t pixels) {
  if constexpr (V > 1) {
    if (vectors < V) {
      return kernel<Rows, V - 1>(vectors, pixels);
    }
  }
  return choose<Rows, V>(pixels, std::make_index_sequence<most_pixels(V)>());
}

// Gradients pass a relu where its result is positive.
void pass_relu(const float* result, int64_t pixels, int64_t filters, float* c, int64_t ldc) {
  for (int64_t i = 0; i < pixels; i++, result += ldc, c += ldc) {
    for (int64_t j = 0; j < filters; j += L) {
      const int64_t some = minimum(L, filters - j);
      store_part(c + j, load_part(result + j, some) > f32v{} ? load_part(c + j, some) : f32v{}, some);
    }
  }
}

template <template <int> class Rows>
int64_t products(const PixelTile& whole, int64_t pixels, const float* a, int64_t pitch, int64_t step) {
  const int64_t terms = whole.depth.runs * whole.depth.k;
  const int64_t parts = ceil_div(whole.filters, most_vectors * L);
  int64_t tiles = 0;
  for (int64_t j = 0; j < whole.filters; j += most_vectors * L) {
    PixelTile t = whole;
    t.filters = minimum(most_vectors * L, whole.filters - j);
    t.b += j;
    t.bias = t.bias ? t.bias + j : nullptr;
    const int64_t vectors = ceil_div(t.filters, L);
    // Tiles of nearly equal height. Divisions count: small products are as short as ten of them.
    const int64_t count = ceil_div(pixels, int64_t{most_pixels(static_cast<int>(vectors))});
    const int64_t least = count > 1 ? pixels / count : pixels;
    const int64_t higher = pixels - count * least;
    // Evenly: memory gives lines no faster for being asked for many at once, and what a tile itself reads waits behind them.
    const int64_t share = whole.ahead ? ceil_div(whole.ldb, whole.calls * parts * count) : 0;
    int64_t at = 0;
    for (int64_t i = 0; i < count; i++, tiles++) {
      const int64_t height = least + (i < higher ? 1 : 0);
      const int64_t before = (whole.tiles + tiles) * share;
      t.ahead = whole.ahead + before * terms;
      kernel<Rows, most_vectors>(vectors, height)(t, a + at * step, pitch,
                                                  t.start ? t.start + at * t.start_pitch + j : nullptr,
                                                  t.c + at * t.ldc + j, before < whole.ldb ? share : 0);
      if (t.result) {
        pass_relu(t.result + at * t.ldc + j, height, t.filters, t.c + at * t.ldc + j, t.ldc);
      }
      at += height;
    }
  }
  return tiles;
}

}  // namespace

int64_t channel_products(const PixelTile& tile, int64_t pixels, const float* a, int64_t pitch) {
  return products<ChannelRows>(tile, pixels, a, pitch, pitch);
}

void plane_products(const PixelTile& tile, int64_t pixels, const float* a, int64_t pitch) {
  products<PlaneRows>(tile, pixels, a, pitch, 1);
}

}  // namespace volute::VOLUTE_LEVEL
