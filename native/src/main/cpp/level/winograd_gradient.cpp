// The gradient of 3x3 filters at stride 1 by minimal filtering, the adjoint of winograd.h's forward pass in the filters:
// dg = G' [sum over tiles of (A dy A') * (B' d B)] G. Each of the 36 elements is a product over the tiles,
// [filters, tiles] [tiles, channels]; the sums of all tiles are transformed once.
//
// Channels, or filters, lie in the lanes of vectors, so that a tile's elements are rows of both factors.
#include "../pool.h"
#include "channel_lanes.h"
#include "gemm.h"
#include "winograd.h"

namespace volute::VOLUTE_LEVEL {
namespace {

constexpr int64_t L = lanes<float>;

// Tiles transformed at a time: runs of at most so many keep their pixels in the first-level cache.
constexpr int64_t some_tiles = 16;
constexpr int64_t run_pixels = 4 * some_tiles + 4;
constexpr int64_t pixel_elements = 6 * (run_pixels + 2 * L) * L;
constexpr int64_t half_elements = 6 * run_pixels * L;

constexpr int64_t apart = 16;

// A dy along one axis: the adjoint of output_transform.
VOLUTE_INLINE void gradient_transform(const f32v (&d)[4], f32v (&u)[6]) {
  const f32v a = d[0] + d[2];
  const f32v b = d[1] + d[3];
  const f32v e = d[0] + 4.0f * d[2];
  const f32v f = 2.0f * (d[1] + 4.0f * d[3]);
  u[0] = d[0];
  u[1] = a + b;
  u[2] = a - b;
  u[3] = e + f;
  u[4] = e - f;
  u[5] = d[3];
}

// Pieces of 6 x 6 pixels of the image, or of 4 x 4 of the gradient.
struct ImagePiece {
  static constexpr int size = 6;
  static VOLUTE_INLINE void transform(const f32v (&d)[6], f32v (&v)[6]) { input_transform(d, v); }
};
struct GradientPiece {
  static constexpr int size = 4;
  static VOLUTE_INLINE void transform(const f32v (&d)[4], f32v (&v)[6]) { gradient_transform(d, v); }
};

// The 36 elements of a run's tiles: element e of tile t goes to v[e * stride + t * width].
template <class Piece>
void transform_run(const Planes& p, int64_t top, int64_t left, int64_t tiles, float* pixels, float* half, float* v,
                   int64_t stride, int64_t width) {
  constexpr int N = Piece::size;
  static const float zeros[L] = {};
  const int64_t across = 4 * (tiles - 1) + N;
  const int64_t row = maximum(int64_t{0}, top);
  const int64_t rows = minimum(p.height, top + N) - row;
  const int64_t column = maximum(int64_t{0}, left);
  const int64_t columns = maximum(int64_t{0}, minimum(p.width, left + across) - column);
  if (rows > 0 && columns > 0) {
    channels_to_lanes(p, row, rows, column, columns, pixels);
  }
  for (int64_t x = 0; x < across; x++) {
    const bool inside = left + x >= 0 && left + x < p.width;
    f32v d[N], u[6];
#pragma GCC unroll 6
    for (int i = 0; i < N; i++) {
      const int64_t y = top + i - row;
      d[i] = load(inside && y >= 0 && y < rows ? pixels + (y * columns + left + x - column) * L : zeros);
    }
    Piece::transform(d, u);
#pragma GCC unroll 6
    for (int i = 0; i < 6; i++) {
      store(half + (i * run_pixels + x) * L, u[i]);
    }
  }
  for (int64_t i = 0; i < 6; i++) {
    for (int64_t t = 0; t < tiles; t++) {
      f32v d[N], u[6];
#pragma GCC unroll 6
      for (int k = 0; k < N; k++) {
        d[k] = load(half + (i * run_pixels + 4 * t + k) * L);
      }
      Piece::transform(d, u);
#pragma GCC unroll 6
      for (int j = 0; j < 6; j++) {
        store(v + (i * 6 + j) * stride + t * width, u[j]);
      }
    }
  }
}

// Tiles [from, from + tiles) of some channels of all images.
template <class Piece>
void transform_tiles(const Filtering& f, const float* images, int64_t all, int64_t height, int64_t width, int64_t pad_y,
                     int64_t pad_x, int64_t channel, int64_t channels, int64_t from, int64_t tiles, float* working,
                     float* v, int64_t stride, int64_t row) {
  float* const pixels = working;
  float* const half = pixels + pixel_elements;
  for (int64_t t = 0; t < tiles; t += some_tiles) {
    const TileRuns runs(f, from + t, minimum(some_tiles, tiles - t));
    for (int64_t c = 0; c < channels; c += L) {
      for (int64_t r = 0; r < runs.count; r++) {
        const TileRun& run = runs.list[r];
        const Planes planes{images + (run.image * all + channel + c) * height * width, minimum(L, channels - c),
                            height * width, height, width};
        transform_run<Piece>(planes, 4 * run.row - pad_y, 4 * run.column - pad_x, run.length, pixels, half,
                             v + (t + run.at) * row + c, stride, row);
      }
    }
  }
}

// Adds up one block of channels and filters over the tiles of one chunk, into the 36 matrices of `sums`.
void sum_tiles(const volute_convolution& c, const Filtering& f, const WinogradGradientCut& cut, int64_t channel,
               int64_t channels, int64_t filter, int64_t filters, int64_t from, int64_t tiles, float* sums) {
  const int64_t v_row = ceil_div(channels, L) * L;
  const int64_t u_row = ceil_div(filters, L) * L;
  const int64_t depth = cut.tiles;
  const int64_t v_stride = depth * v_row + apart;
  const int64_t u_stride = depth * u_row + apart;
  float* const tile = static_cast<float*>(workspace());
  float* const working = tile + tile_elements<float>;
  float* const v = working + pixel_elements + half_elements;
  float* const u = v + 36 * v_stride;
  const Partition heights(filters, tile_rows, 1);
  const Partition panels(v_row, tile_vectors(minimum(filters, int64_t{tile_rows})) * L, L);
  const int64_t width = cut.row;
  for (int64_t done = 0; done < tiles; done += depth) {
    const int64_t some = minimum(depth, tiles - done);
    transform_tiles<ImagePiece>(f, c.x, c.channels, c.height, c.width, c.pad_y, c.pad_x, channel, channels, from + done,
                                some, working, v, v_stride, v_row);
    transform_tiles<GradientPiece>(f, c.y, c.filters, c.out_height, c.out_width, 0, 0, filter, filters, from + done, some,
                                   working, u, u_stride, u_row);
    for (int64_t e = 0; e < 36; e++) {
      float* const sum = sums + e * cut.stride + filter * width + channel;
      for (int64_t j = 0; j < panels.panels; j++) {
        for (int64_t i = 0; i < heights.panels; i++) {
          tile_product(some, heights.size(i), panels.size(j), u + e * u_stride + heights.start(i), u_row,
                       v + e * v_stride + panels.start(j), v_row, sum + heights.start(i) * width + panels.start(j), width,
                       done > 0, tile);
        }
      }
    }
  }
}

// G' m along one axis.
VOLUTE_INLINE void sum_transform(const f32v (&m)[6], f32v (&g)[3]) {
  const f32v a = (1.0f / 6) * (m[1] + m[2]);
  const f32v b = m[3] + m[4];
  g[0] = 0.25f * m[0] - a + (1.0f / 24) * b;
  g[1] = (1.0f / 6) * (m[2] - m[1]) + (1.0f / 12) * (m[3] - m[4]);
  g[2] = (1.0f / 6) * b - a + m[5];
}

// The gradients of one filter, from the sums of all chunks.
void finish_filter(const volute_convolution& c, const WinogradGradientCut& cut, int64_t filter) {
  float* const out = c.w + filter * c.channels * 9;
  for (int64_t channel = 0; channel < c.channels; channel += L) {
    const float* from = c.scratch + filter * cut.row + channel;
    f32v half[3][6];
    for (int j = 0; j < 6; j++) {
      f32v m[6], g[3];
      for (int i = 0; i < 6; i++) {
        m[i] = load(from + (i * 6 + j) * cut.stride);
        for (int64_t chunk = 1; chunk < cut.chunks; chunk++) {
          m[i] += load(from + (chunk * 36 + i * 6 + j) * cut.stride);
        }
      }
      sum_transform(m, g);
      for (int i = 0; i < 3; i++) {
        half[i][j] = g[i];
      }
    }
    float cells[9][L];
    for (int i = 0; i < 3; i++) {
      f32v g[3];
      sum_transform(half[i], g);
      for (int j = 0; j < 3; j++) {
        store(cells[i * 3 + j], g[j]);
      }
    }
    const int64_t valid = minimum(L, c.channels - channel);
    for (int64_t k = 0; k < valid; k++) {
      for (int64_t cell = 0; cell < 9; cell++) {
        out[(channel + k) * 9 + cell] = cells[cell][k];
      }
    }
  }
}

}  // namespace

void run_winograd_filter_gradient(Pool& pool, const volute_convolution& c) {
  const WinogradGradientCut cut = winograd_gradient_cut(c);
  const Filtering f{c.batch,     c.channels, c.height, c.width, c.filters, c.out_height,
                    c.out_width, c.pad_y,    c.pad_x,  c.x,     c.y};
  const Partition channels(c.channels, cut.block, 16);
  const Partition filters(c.filters, cut.block, 16);
  const Partition tiles(f.tiles(), ceil_div(f.tiles(), cut.chunks), 1);
  const double pairs = static_cast<double>(c.filters * c.channels);
  pool.run(channels.panels * filters.panels * tiles.panels, 2 * pairs * static_cast<double>(f.tiles()), [&](int64_t part) {
    const int64_t chunk = part % tiles.panels;
    const int64_t block = part / tiles.panels;
    const int64_t cb = block % channels.panels;
    const int64_t fb = block / channels.panels;
    sum_tiles(c, f, cut, channels.start(cb), channels.size(cb), filters.start(fb), filters.size(fb), tiles.start(chunk),
              tiles.size(chunk), c.scratch + chunk * 36 * cut.stride);
  });
  pool.run(c.filters, 10 * pairs, [&](int64_t filter) { finish_filter(c, cut, filter); });
}

}  // namespace volute::VOLUTE_LEVEL
