// The gradient of 3x3 filters at stride 1 by minimal filtering, the adjoint of winograd.h's forward pass in the filters:
// dg = G' [sum over tiles of (A dy A') * (B' d B)] G. Each of the 36 elements is a product over the tiles,
// [filters, tiles] [tiles, channels]; the sums of all tiles are transformed once.
//
// Channels, or filters, lie in the lanes of vectors, so that a tile's elements are rows of both factors.
#include "../pool.h"
#include "gemm.h"
#include "winograd.h"

namespace volute::VOLUTE_LEVEL {
namespace {

constexpr int64_t L = lanes<float>;

constexpr int64_t apart = 16;

// Adds up one block of channels and filters over the tiles of one chunk, into the 36 matrices of `sums`. The elements of a
// row are transformed when they are multiplied, while the next tiles' pixels are read ahead.
void sum_tiles(const volute_convolution& c, const Filtering& f, const WinogradGradientCut& cut, int64_t channel,
               int64_t channels, int64_t filter, int64_t filters, int64_t from, int64_t tiles, float* sums) {
  const int64_t v_row = ceil_div(channels, L) * L;
  const int64_t u_row = ceil_div(filters, L) * L;
  const int64_t depth = cut.tiles;
  const int64_t v_stride = depth * v_row + apart;
  const int64_t u_stride = depth * u_row + apart;
  float* const tile = static_cast<float*>(workspace());
  float* const pixels = tile + tile_elements<float>;
  float* const v = pixels + winograd_pixel_elements;
  float* const u = v + 6 * v_stride;
  float* const half = u + 6 * u_stride;
  const Partition panels(v_row, tile_vectors(minimum(filters, int64_t{tile_rows})) * L, L);
  const Partition heights(filters, tall_rows(ceil_div(panels.units, panels.panels)), 1);
  const int64_t width = cut.row;
  const Source image{c.x, c.channels, c.height, c.width, c.pad_y, c.pad_x, c.x_last != 0};
  const Source gradient{c.y, c.filters, c.out_height, c.out_width, 0, 0, c.y_last != 0};
  for (int64_t done = 0; done < tiles; done += depth) {
    const int64_t some = minimum(depth, tiles - done);
    const TileRuns runs(f, from + done, some);
    const int64_t x_vector = half_row_elements(4, some, runs.count);
    const int64_t y_vector = half_row_elements(4, some, 0);
    const HalfTransformed x_half{half, v_row / L * x_vector, x_vector};
    const HalfTransformed y_half{half + 6 * x_half.row, u_row / L * y_vector, y_vector};
    ReadAhead ahead;
    if (channels == c.channels && filters == c.filters) {
      const TileRuns next(f, from + done + some, minimum(depth, tiles - done - some));
      read_pieces_ahead(image, 4, 2, next, ahead);
      read_pieces_ahead(gradient, 4, 0, next, ahead);
    }
    transform_image_columns(f, image, channel, channels, runs, pixels, x_half);
    transform_gradient_columns(gradient, filter, filters, runs, pixels, y_half);
    for (int64_t i = 0; i < 6; i++) {
      transform_image_row(4, i, channels, runs, x_half, v, v_stride, v_row);
      transform_gradient_row(i, filters, runs, y_half, u, u_stride, u_row);
      for (int64_t e = 0; e < 6; e++) {
        ahead.portion(36 - 6 * i - e, 1).read();
        float* const sum = sums + (i * 6 + e) * cut.stride + filter * width + channel;
        for (int64_t j = 0; j < panels.panels; j++) {
          for (int64_t h = 0; h < heights.panels; h++) {
            tile_product(some, heights.size(h), panels.size(j), u + e * u_stride + heights.start(h), u_row,
                         v + e * v_stride + panels.start(j), v_row, sum + heights.start(h) * width + panels.start(j), width,
                         done > 0, tile);
          }
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
  const Filtering f{4,           c.batch,     c.channels, c.height, c.width, c.filters, c.out_height,
                    c.out_width, c.pad_y,    c.pad_x,  c.x,     c.y,    false,     false, nullptr};
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
