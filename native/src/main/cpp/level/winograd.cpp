// Convolutions forward, and their gradients to the image, by minimal filtering: see winograd.h.
//
// In exact arithmetic the result is that of the sum; in floats the transforms' cancellations cost accuracy. The tests hold
// the error below 4 (9 C + 2) 2^-24 of the largest sum of absolute products in the result, the bound that the conformance
// kit states. A NaN or an infinity spreads over the tiles whose pieces it lies in.
#include "winograd.h"

#include "../pool.h"
#include "gemm.h"
#include "kernels.h"
#include "transcendental.h"
#include "winograd_products.h"

namespace volute::VOLUTE_LEVEL {
namespace {

constexpr int64_t L = lanes<float>;

// Arrays of the elements are set apart by one line of the cache more, lest all of them fall into one set.
constexpr int64_t apart = 16;

// Tiles of a block, of 4 x 4 results: few where the second-level cache holds the filters, so that a row of their elements
// stays in the first; otherwise as many as read the filters rarely enough.
#if VOLUTE_VECTOR_BYTES == 64
constexpr int64_t few_tiles = 8;
#else
constexpr int64_t few_tiles = 12;
#endif
constexpr int64_t many_tiles = 48;
constexpr int64_t cached_filters = 4096;

bool caches_filters(const Filtering& f) { return f.channels * f.filters <= cached_filters; }

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

// A row of elements of tiles along its axis: element j of tile t is at m[j * stride + t * row], and of its M sums number q
// goes to y[(M * t + q) * row].
template <int M>
void transform_row(const float* m, int64_t stride, int64_t row, int64_t tiles, float* y) {
  constexpr int N = M + 2;
  for (int64_t o = 0; o < row; o += L) {
    for (int64_t t = 0; t < tiles; t++) {
      f32v line[N], sums[M];
#pragma GCC unroll 6
      for (int j = 0; j < N; j++) {
        line[j] = load(m + j * stride + t * row + o);
      }
      output_transform(line, sums);
#pragma GCC unroll 4
      for (int q = 0; q < M; q++) {
        store(y + (M * t + q) * row + o, sums[q]);
      }
    }
  }
}

// The other axis, of a run: pixel x of row i of elements is at y[i * stride + x * row].
template <int M, bool Whole>
void transform_columns(const float* y, int64_t stride, int64_t row, const RunResults& r) {
  constexpr int N = M + 2;
  for (int64_t x = 0; x < r.pixels; x++) {
    f32v column[N], sums[M];
#pragma GCC unroll 6
    for (int i = 0; i < N; i++) {
      column[i] = load(y + i * stride + x * row);
    }
    output_transform(column, sums);
#pragma GCC unroll 4
    for (int i = 0; i < M; i++) {
      if (i < r.rows) {
        const int64_t at = i * r.line + x * r.pitch;
        f32v v = sums[i] + r.bias;
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

// Stores the results of some filters for tiles [from, from + tiles), M x M.
template <int M>
void store_results(const Filtering& f, const float* bias, Activation activation, const TileRuns& runs,
                   int64_t filter, int64_t filters, const float* sums, int64_t stride, int64_t row, float* lines) {
  const Clamp clamp(activation);
  const f32v low = broadcast(clamp.low);
  const f32v high = broadcast(clamp.high);
  Epilogue<float> rest;
  rest.activation = clamp.rest;
  const int64_t plane = f.out_height * f.out_width;
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
      (to.filters == L ? transform_columns<M, true> : transform_columns<M, false>)(sums + M * run.at * row + o,
                                                                                   stride, row, to);
      for (int64_t i = 0; i < rows && !rest.empty(); i++) {
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

// How many tiles a block has, given what fits into the workspace.
int64_t block_tiles(const Filtering& f) {
  const int64_t row = ceil_div(f.channels, L) * L;
  const int64_t side = f.tile + 2;
  const int64_t capacity = workspace_bytes / static_cast<int64_t>(sizeof(float)) - winograd_working - 2 * f.elements() * apart;
  int64_t tiles = (caches_filters(f) ? few_tiles : many_tiles) * winograd_elements(4) / f.elements() / 4 * 4;
  while (tiles > 4 && side * ((side + 1) * row + side * filter_panel) * tiles > capacity) {
    tiles -= 4;
  }
  return tiles;
}

template <int M>
void filter_block(const Filtering& f, const float* packed, const float* bias, Activation activation, int64_t from,
                  int64_t tiles, int64_t panel, int64_t panels) {
  constexpr int64_t N = M + 2;
  const Panels filters(f.filters, f.channels);
  const int64_t v_row = ceil_div(f.channels, L) * L;
  const int64_t v_stride = tiles * v_row + apart;
  const int64_t widest = minimum(filter_panel, ceil_div(f.filters, 16) * 16);
  const int64_t m_stride = tiles * widest + apart;
  const int64_t y_stride = M * tiles * widest + apart;
  const int64_t u_stride = winograd_filter_stride(f.filters, f.channels);
  float* const working = static_cast<float*>(workspace());
  float* const m = working + winograd_working;
  float* const v = m + N * m_stride;
  const TileRuns runs(f, from, tiles);
  const Source source{f.in, f.channels, f.height, f.width, f.pad_y, f.pad_x, f.in_last};
  // The image's pixels of the next block, and what lies where the results of this one go: waiting for them takes as long as
  // the transforms.
  ReadAhead image, results;
  read_pieces_ahead(source, M, 2, TileRuns(f, from + tiles, minimum(tiles, f.tiles() - from - tiles)), image);
  const float* const there[] = {f.out, f.residual, f.result};
  for (const float* at : there) {
    if (at) {
      read_pieces_ahead({at, f.filters, f.out_height, f.out_width, 0, 0, f.out_last}, M, 0, runs, results);
    }
  }
  const auto products = [&](int64_t p, int64_t i, const float* row, int64_t left, float* sums) {
    const int64_t width = filters.width(p);
    const float* const u = packed + filters.offset(p) + i * N * u_stride;
    const float* const next = i + 1 < N ? u + N * u_stride : p + 1 < panel + panels ? packed + filters.offset(p + 1) : u;
    element_products({N, tiles, f.channels, width, row, v_stride, v_row, u, u_stride, m, m_stride, caches_filters(f) ? nullptr : next,
                      {image.portion(left, N), results.portion(minimum(left, N - i), N)}});
    transform_row<M>(m, m_stride, width, tiles, sums + i * y_stride);
  };
  const auto finish_panel = [&](int64_t p, const float* sums) {
    store_results<M>(f, bias, activation, runs, filters.filters.start(p), filters.filters.size(p), sums, y_stride, filters.width(p),
                     working);
  };
  if (caches_filters(f)) {
    // A row of elements is transformed when it is multiplied: it stays in the first-level cache.
    const int64_t half_vector = half_row_elements(M, tiles, runs.count);
    const HalfTransformed half{v + N * v_stride, v_row / L * half_vector, half_vector};
    float* const y = half.data + N * half.row;
    transform_image_columns(f, source, 0, f.channels, runs, working, half);
    for (int64_t i = 0; i < N; i++) {
      transform_image_row(M, i, f.channels, runs, half, v, v_stride, v_row);
      for (int64_t p = 0; p < panels; p++) {
        products(panel + p, i, v, (N - i) * panels - p, y + p * N * y_stride);
      }
    }
    for (int64_t p = 0; p < panels; p++) {
      finish_panel(panel + p, y + p * N * y_stride);
    }
    return;
  }
  float* const y = v + f.elements() * v_stride;
  transform_images(f, source, 0, f.channels, runs, working, v, v_stride, v_row);
  for (int64_t p = panel; p < panel + panels; p++) {
    for (int64_t i = 0; i < N; i++) {
      products(p, i, v + i * N * v_stride, (panel + panels - p) * N - i, y);
    }
    finish_panel(p, y);
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
  const Partition blocks(f.tiles(), block_tiles(f), 4);
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
    (f.tile == 2 ? filter_block<2> : filter_block<4>)(f, packed, bias, static_cast<Activation>(activation),
                                                      blocks.start(block), blocks.size(block), panels.start(share),
                                                      panels.size(share));
  });
}

}  // namespace volute::VOLUTE_LEVEL
