// Convolutions forward, and their gradients to the image, by minimal filtering: see winograd.h.
//
// In exact arithmetic the result is that of the sum; in floats the transforms' cancellations cost accuracy. The tests hold
// the error below 4 (9 C + 2) 2^-24 of the largest sum of absolute products in the result, the bound that the conformance
// kit states. A NaN or an infinity spreads over the tiles whose pieces it lies in.
#include "winograd.h"

#include "../pool.h"
#include "gemm.h"
#include "kernels.h"
#include "pixel_tile.h"
#include "transcendental.h"

namespace volute::VOLUTE_LEVEL {
namespace {

constexpr int64_t L = lanes<float>;

// Arrays of the elements are set apart by one line of the cache more, lest all of them fall into one set.
constexpr int64_t apart = 16;

// Elements of the tiles of a block, at most, of one channel.
constexpr int64_t most_elements = 48 * 36;

struct Panels {
  Partition filters;
  int64_t channels;

  Panels(int64_t filters_, int64_t channels_) : filters(filters_, filter_panel, 16), channels(channels_) {}

  int64_t width(int64_t panel) const { return ceil_div(filters.size(panel), 16) * 16; }
  int64_t offset(int64_t panel) const { return filters.start(panel) * channels; }
};

// Where the results of a run of tiles go for as many filters as a vector has lanes, or fewer.
struct RunResults {
  float* to;
  int64_t pitch, line;  // from pixel to pixel, from row to row
  int64_t rows, pixels;
  int64_t filters;
  const float* residual;  // lies as they do; or null
  const float* result;    // likewise: where it is not positive, they become zeros
  f32v bias, low, high;
};

// Element e of tile t is at m[e * stride + t * row].
template <int M, bool Whole>
void transform_sums(const float* m, int64_t stride, int64_t row, int64_t tiles, float* half, const RunResults& r) {
  constexpr int N = M + 2;
  for (int64_t t = 0; t < tiles; t++) {
#pragma GCC unroll 1
    for (int64_t j = 0; j < N; j++) {
      f32v column[N], y[M];
#pragma GCC unroll 6
      for (int i = 0; i < N; i++) {
        column[i] = load(m + (i * N + j) * stride + t * row);
      }
      output_transform(column, y);
#pragma GCC unroll 4
      for (int i = 0; i < M; i++) {
        store(half + ((i * winograd_tiles + t) * N + j) * L, y[i]);
      }
    }
  }
  for (int64_t i = 0; i < r.rows; i++) {
    for (int64_t t = 0; t < tiles; t++) {
      f32v line[N], y[M];
#pragma GCC unroll 6
      for (int j = 0; j < N; j++) {
        line[j] = load(half + ((i * winograd_tiles + t) * N + j) * L);
      }
      output_transform(line, y);
#pragma GCC unroll 4
      for (int q = 0; q < M; q++) {
        if (M * t + q < r.pixels) {
          const int64_t at = i * r.line + (M * t + q) * r.pitch;
          f32v v = y[q] + r.bias;
          if (r.residual) {
            v += Whole ? load(r.residual + at) : load_part(r.residual + at, r.filters);
          }
          if (r.result) {
            v = (Whole ? load(r.result + at) : load_part(r.result + at, r.filters)) > f32v{} ? v : f32v{};
          }
          // A NaN passes.
          v = v < r.low ? r.low : v;
          v = v > r.high ? r.high : v;
          if (Whole) {
            store(r.to + at, v);
          } else {
            store_part(r.to + at, v, r.filters);
          }
        }
      }
    }
  }
}

// Stores the results of some filters for tiles [from, from + tiles), M x M.
template <int M>
void store_results(const Filtering& f, const float* bias, Activation activation, int64_t from, int64_t tiles,
                   int64_t filter, int64_t filters, const float* m, int64_t stride, int64_t row, float* working) {
  const Clamp clamp(activation);
  const f32v low = broadcast(clamp.low);
  const f32v high = broadcast(clamp.high);
  Epilogue<float> rest;
  rest.activation = clamp.rest;
  float* const half = working;
  float* const lines = working + winograd_half_elements;
  const int64_t plane = f.out_height * f.out_width;
  for (int64_t t = 0; t < tiles; t += winograd_tiles) {
    const TileRuns runs(f, from + t, minimum(winograd_tiles, tiles - t));
    for (int64_t o = 0; o < filters; o += L) {
      const int64_t some = minimum(L, filters - o);
      const f32v b = bias ? load_part(bias + filter + o, some) : f32v{};
      for (int64_t r = 0; r < runs.count; r++) {
        const TileRun& run = runs.list[r];
        const int64_t rows = minimum(int64_t{M}, f.out_height - M * run.row);
        const int64_t pixels = minimum(M * run.length, f.out_width - M * run.column);
        const int64_t pixel = M * run.row * f.out_width + M * run.column;
        RunResults to{lines, L, pixels * L, rows, pixels, L, nullptr, nullptr, b, low, high};
        if (f.out_last) {
          const int64_t at = (run.image * plane + pixel) * f.filters + filter + o;
          to.to = f.out + at;
          to.pitch = f.filters;
          to.line = f.out_width * f.filters;
          to.filters = some;
          to.residual = f.residual ? f.residual + at : nullptr;
          to.result = f.result ? f.result + at : nullptr;
        }
        (to.filters == L ? transform_sums<M, true> : transform_sums<M, false>)(m + (t + run.at) * row + o, stride, row,
                                                                               run.length, half, to);
        for (int64_t i = 0; i < rows; i++) {
          finish(rest, 0, 0, pixels, to.filters, to.to + i * to.line, to.pitch);
        }
        if (f.out_last) {
          continue;
        }
        float* y = f.out + (run.image * f.filters + filter + o) * plane + pixel;
        if (pixels == f.out_width) {
          lanes_to_channels(lines, L, rows * pixels, some, plane, y);
        } else {
          for (int64_t i = 0; i < rows; i++) {
            lanes_to_channels(lines + i * pixels * L, L, pixels, some, plane, y + i * f.out_width);
          }
        }
      }
    }
  }
}

// How many tiles a block has, given what fits into the workspace.
int64_t block_tiles(const Filtering& f) {
  const int64_t row = ceil_div(f.channels, L) * L;
  const int64_t capacity = workspace_bytes / static_cast<int64_t>(sizeof(float)) - winograd_working;
  int64_t tiles = most_elements / f.elements();
  while (tiles > tile_rows && f.elements() * ((row + filter_panel) * tiles + 2 * apart) > capacity) {
    tiles -= 8;
  }
  return tiles;
}

void filter_block(const Filtering& f, const float* packed, const float* bias, Activation activation, int64_t from,
                  int64_t tiles, int64_t panel, int64_t panels) {
  const Panels filters(f.filters, f.channels);
  const int64_t v_row = ceil_div(f.channels, L) * L;
  const int64_t v_stride = tiles * v_row + apart;
  const int64_t m_stride = tiles * minimum(filter_panel, ceil_div(f.filters, 16) * 16) + apart;
  const int64_t u_stride = winograd_filter_stride(f.filters, f.channels);
  float* const working = static_cast<float*>(workspace());
  float* const v = working + winograd_working;
  float* const m = v + f.elements() * v_stride;
  const auto store_tiles = f.tile == 2 ? store_results<2> : store_results<4>;
  transform_images(f, {f.in, f.channels, f.height, f.width, f.pad_y, f.pad_x, f.in_last}, 0, f.channels, from, tiles, working, v,
                   v_stride, v_row);
  for (int64_t p = panel; p < panel + panels; p++) {
    const int64_t width = filters.width(p);
    const float* u = packed + filters.offset(p);
    const float* const next = p + 1 < panel + panels ? packed + filters.offset(p + 1) : nullptr;
    for (int64_t e = 0; e < f.elements(); e++, u += u_stride) {
      PixelTile tile(Depth(f.channels), u, width, m + e * m_stride, width, width);
      tile.ahead = e + 1 < f.elements() ? u + u_stride : next;
      channel_products(tile, tiles, v + e * v_stride, v_row);
    }
    store_tiles(f, bias, activation, from, tiles, filters.filters.start(p), filters.filters.size(p), m, m_stride, width,
                working);
  }
}

template <int M>
void pack_filters(Pool& pool, const FilterLayout& layout, int64_t filters, int64_t channels, float* to) {
  constexpr int N = M + 2;
  const int64_t stride = winograd_filter_stride(filters, channels);
  const Panels panels(filters, channels);
  pool.run(panels.filters.panels, 5.0 * static_cast<double>(filters * channels), [&](int64_t p) {
    const int64_t width = panels.width(p);
    const int64_t some = panels.filters.size(p);
    for (int64_t o = 0; o < some; o += L) {
      for (int64_t c = 0; c < channels; c++) {
        float cells[2 * L * L + 9 * L];
        const float* w = layout.w + (panels.filters.start(p) + o) * layout.filter + c * layout.channel;
        channels_to_lanes({w, minimum(L, some - o), layout.filter, 1, 9}, 0, 1, 0, 9, cells);
        f32v half[N][3];
#pragma GCC unroll 3
        for (int j = 0; j < 3; j++) {
          f32v g[3], u[N];
          for (int k = 0; k < 3; k++) {
            g[k] = load(cells + (layout.turned ? 8 - (k * 3 + j) : k * 3 + j) * L);
          }
          filter_transform(g[0], g[1], g[2], u);
          for (int k = 0; k < N; k++) {
            half[k][j] = u[k];
          }
        }
        float* out = to + panels.offset(p) + c * width + o;
        for (int k = 0; k < N; k++) {
          f32v u[N];
          filter_transform(half[k][0], half[k][1], half[k][2], u);
          for (int j = 0; j < N; j++) {
            store(out + (k * N + j) * stride, u[j]);
          }
        }
      }
    }
  });
}

}  // namespace

void pack_winograd(Pool& pool, int64_t tile, const FilterLayout& layout, int64_t filters, int64_t channels, float* to) {
  (tile == 2 ? pack_filters<2> : pack_filters<4>)(pool, layout, filters, channels, to);
}

void run_winograd(Pool& pool, const Filtering& f, const float* packed, const float* bias, int64_t activation) {
  const Partition blocks(f.tiles(), block_tiles(f), 8);
  const Panels filters(f.filters, f.channels);
  // Few tiles: threads share the filters too, though each then transforms the tiles for itself. The cut depends on the
  // number of threads, the results do not.
  const int64_t shares = blocks.panels < pool.threads() ? minimum(ceil_div(int64_t{pool.threads()}, blocks.panels),
                                                                  filters.filters.panels)
                                                        : 1;
  const Partition panels(filters.filters.panels, ceil_div(filters.filters.panels, shares), 1);
  const double products = static_cast<double>(f.elements() * f.tiles()) * static_cast<double>(f.filters * f.channels);
  pool.run(blocks.panels * panels.panels, products / 60, [&](int64_t part) {
    const int64_t block = part / panels.panels;
    const int64_t share = part % panels.panels;
    filter_block(f, packed, bias, static_cast<Activation>(activation), blocks.start(block), blocks.size(block),
                 panels.start(share), panels.size(share));
  });
}

}  // namespace volute::VOLUTE_LEVEL
