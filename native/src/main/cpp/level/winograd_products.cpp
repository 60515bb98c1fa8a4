#include "winograd_products.h"

#include <utility>

#include "gemm.h"
#include "pixel_tile.h"

namespace volute::VOLUTE_LEVEL {
namespace {

constexpr int64_t L = lanes<float>;

// As many accumulators as there are registers, less those for one row of filters and one broadcast.
#if VOLUTE_VECTOR_BYTES == 64
constexpr int most_vectors = 3;
constexpr int most_tiles(int vectors) { return vectors == 1 ? 24 : vectors == 2 ? 14 : 9; }
#else
constexpr int most_vectors = 2;
constexpr int most_tiles(int vectors) { return vectors == 1 ? 12 : 6; }
#endif

// What is read ahead: so many floats for each channel, and lines for each element.
struct Meanwhile {
  const float* filters;
  int64_t step;
  ReadAhead::Lines lines[2];
};

// R tiles and V vectors of filters of some elements.
using Kernel = void (*)(const ElementProducts& p, int64_t elements, const float* v, const float* u, float* m,
                        const Meanwhile& meanwhile);

template <int V, int R>
void products(const ElementProducts& p, int64_t elements, const float* v, const float* u, float* m,
              const Meanwhile& meanwhile) {
  const float* ahead = meanwhile.filters;
  const int64_t ahead_step = meanwhile.step;
  ReadAhead::Lines first = meanwhile.lines[0], second = meanwhile.lines[1];
  for (int64_t e = 0; e < elements; e++, v += p.v_stride, u += p.u_stride, m += p.m_stride) {
    first.read();
    second.read();
    f32v sum[R][V];
#pragma GCC unroll 24
    for (int i = 0; i < R; i++) {
#pragma GCC unroll 3
      for (int j = 0; j < V; j++) {
        sum[i][j] = f32v{};
      }
    }
    SteppedRows<R> rows(v, p.v_row);
    const float* b = u;
    for (int64_t k = p.channels; k > 0; k--) {
      f32v line[V];
#pragma GCC unroll 3
      for (int j = 0; j < V; j++) {
        line[j] = load(b + j * L);
      }
#pragma GCC unroll 24
      for (int i = 0; i < R; i++) {
        const f32v x = broadcast(*rows.row(i));
#pragma GCC unroll 3
        for (int j = 0; j < V; j++) {
          sum[i][j] += x * line[j];
        }
      }
      for (int64_t i = 0; i < ahead_step; i += line_floats) {
        __builtin_prefetch(ahead + i, 0, 2);
      }
      ahead += ahead_step;
      rows.advance(1);
      b += p.width;
    }
#pragma GCC unroll 24
    for (int i = 0; i < R; i++) {
#pragma GCC unroll 3
      for (int j = 0; j < V; j++) {
        store(m + i * p.width + j * L, sum[i][j]);
      }
    }
  }
}

template <int V, size_t... R>
Kernel choose(int64_t tiles, std::index_sequence<R...>) {
  static constexpr Kernel kernels[] = {products<V, static_cast<int>(R) + 1>...};
  return kernels[tiles - 1];
}

template <int V>
Kernel kernel(int64_t vectors, int64_t tiles) {
  if constexpr (V > 1) {
    if (vectors < V) {
      return kernel<V - 1>(vectors, tiles);
    }
  }
  return choose<V>(tiles, std::make_index_sequence<most_tiles(V)>());
}

}  // namespace

void element_products(const ElementProducts& p) {
  const int64_t parts = ceil_div(p.width, most_vectors * L);
  for (int64_t part = 0; part < parts; part++) {
    const int64_t filter = part * most_vectors * L;
    const int64_t vectors = minimum(int64_t{most_vectors}, (p.width - filter) / L);
    // Kernels of nearly equal height.
    const int64_t count = ceil_div(p.tiles, int64_t{most_tiles(static_cast<int>(vectors))});
    const int64_t least = p.tiles / count;
    const int64_t higher = p.tiles - count * least;
    const Kernel low = kernel<most_vectors>(vectors, least);
    const Kernel high = higher > 0 ? kernel<most_vectors>(vectors, least + 1) : low;
    const int64_t share = p.next ? ceil_div(p.width, parts * count) : 0;
    // One call takes all elements where it takes all tiles. Otherwise an element's filters are read again while they are near.
    const int64_t together = count == 1 && !p.next ? p.elements : 1;
    for (int64_t e = 0; e < p.elements; e += together) {
      const float* v = p.v + e * p.v_stride;
      const float* const u = p.u + e * p.u_stride;
      float* m = p.m + e * p.m_stride + filter;
      const float* const next = e + 1 < p.elements ? u + p.u_stride : p.next;
      for (int64_t i = 0; i < count; i++) {
        const int64_t height = least + (i < higher ? 1 : 0);
        const int64_t before = (part * count + i) * share;
        Meanwhile meanwhile{next + before * p.channels, before < p.width ? share : 0, {}};
        if (part == 0 && i == 0) {
          meanwhile.lines[0] = p.ahead[0].from_element(e);
          meanwhile.lines[1] = p.ahead[1].from_element(e);
        }
        (i < higher ? high : low)(p, together, v, u + filter, m, meanwhile);
        v += height * p.v_row;
        m += height * p.width;
      }
    }
  }
}

}  // namespace volute::VOLUTE_LEVEL
