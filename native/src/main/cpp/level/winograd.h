// Winograd's minimal filtering F(4x4, 3x3): a tile of 4 x 4 results of a 3 x 3 filter takes 36 products instead of
// 144. With d a 6 x 6 piece of the image and g a filter, the tile is A' [(G g G') * (B' d B)] A, where * multiplies
// element by element and B, G, A are the matrices of interpolation at 0, 1, -1, 2, -2 and infinity (Lavin and Gray,
// Fast Algorithms for Convolutional Neural Networks, 2015). Summed over channels, each of the 36 elements is a product
// of matrices of its own. F(2x2, 3x3) is the same with tiles of 2 x 2, pieces of 4 x 4, 16 products and without the points
// 2 and -2: more products for a result, but where there are few tiles what counts is how many filters must be read.
//
// Channels, or filters, lie in the lanes of vectors, so that a transform needs no shuffling and rows of tiles may be short.
#pragma once

#include "../sizes.h"
#include "channel_lanes.h"
#include "read_ahead.h"

namespace volute {
class Pool;
}

namespace volute::VOLUTE_LEVEL {

// What is filtered: a convolution's images, or the gradient to its results with the filters turned round.
struct Filtering {
  int64_t tile;  // results on each side of a tile: 4 or 2
  int64_t batch;
  int64_t channels, height, width;           // of what is read
  int64_t filters, out_height, out_width;    // of what is written
  int64_t pad_y, pad_x;
  const float* in;
  float* out;
  bool in_last, out_last;  // channels last
  const float* residual;   // added to the sums, lies as they do: channels last; or null
  const float* result = nullptr;  // of the relu that gradients pass, likewise

  int64_t elements() const { return winograd_elements(tile); }
  int64_t tiles_y() const { return ceil_div(out_height, tile); }
  int64_t tiles_x() const { return ceil_div(out_width, tile); }
  int64_t tiles() const { return batch * tiles_y() * tiles_x(); }
};

// A run of tiles in one row of tiles of one image: tiles [at, at + length) of a block.
struct TileRun {
  int64_t at;
  int64_t image;
  int64_t row;     // of tiles
  int64_t column;  // of the first tile
  int64_t length;
};

// Tiles of a run, at most, and of a block.
constexpr int64_t most_run_tiles = 16;
constexpr int64_t most_block_tiles = 112;

struct TileRuns {
  TileRun list[most_block_tiles];
  int64_t count = 0;

  TileRuns(const Filtering& f, int64_t from, int64_t tiles) {
    const int64_t across = f.tiles_x();
    const int64_t each = f.tiles_y() * across;
    for (int64_t at = 0; at < tiles;) {
      const int64_t tile = (from + at) % each;
      const int64_t length = minimum(most_run_tiles, minimum(tiles - at, across - tile % across));
      list[count++] = {at, (from + at) / each, tile / across, tile % across, length};
      at += length;
    }
  }
};

// B' d along one axis.
VOLUTE_INLINE void input_transform(const f32v (&d)[6], f32v (&v)[6]) {
  const f32v a = d[4] - 4.0f * d[2];
  const f32v b = d[3] - 4.0f * d[1];
  const f32v e = d[4] - d[2];
  const f32v f = 2.0f * (d[3] - d[1]);
  v[0] = 4.0f * d[0] - (5.0f * d[2] - d[4]);
  v[1] = a + b;
  v[2] = a - b;
  v[3] = e + f;
  v[4] = e - f;
  v[5] = 4.0f * d[1] - (5.0f * d[3] - d[5]);
}

VOLUTE_INLINE void input_transform(const f32v (&d)[4], f32v (&v)[4]) {
  v[0] = d[0] - d[2];
  v[1] = d[1] + d[2];
  v[2] = d[2] - d[1];
  v[3] = d[1] - d[3];
}

// A' m along one axis.
VOLUTE_INLINE void output_transform(const f32v (&m)[6], f32v (&y)[4]) {
  const f32v a = m[1] + m[2];
  const f32v b = m[1] - m[2];
  const f32v e = m[3] + m[4];
  const f32v f = m[3] - m[4];
  y[0] = m[0] + a + e;
  y[1] = b + 2.0f * f;
  y[2] = a + 4.0f * e;
  y[3] = b + 8.0f * f + m[5];
}

VOLUTE_INLINE void output_transform(const f32v (&m)[4], f32v (&y)[2]) {
  y[0] = m[0] + m[1] + m[2];
  y[1] = m[1] - m[2] - m[3];
}

// G g along one axis.
VOLUTE_INLINE void filter_transform(f32v g0, f32v g1, f32v g2, f32v (&u)[6]) {
  const f32v a = g0 + g2;
  const f32v b = 0.25f * g0 + g2;
  u[0] = 0.25f * g0;
  u[1] = (-1.0f / 6) * (a + g1);
  u[2] = (-1.0f / 6) * (a - g1);
  u[3] = (1.0f / 6) * (b + 0.5f * g1);
  u[4] = (1.0f / 6) * (b - 0.5f * g1);
  u[5] = g2;
}

VOLUTE_INLINE void filter_transform(f32v g0, f32v g1, f32v g2, f32v (&u)[4]) {
  const f32v a = 0.5f * (g0 + g2);
  u[0] = g0;
  u[1] = a + 0.5f * g1;
  u[2] = a - 0.5f * g1;
  u[3] = g2;
}

// Images, and where the tiles' pieces of them begin.
struct Source {
  const float* images;
  int64_t channels, height, width;
  int64_t pad_y, pad_x;
  bool last;  // channels last
};

// Reads ahead what lies channels last: of the pieces of runs, `step` pixels apart, those pixels that they do not share with the
// row of pieces above, of which they share so many.
void read_pieces_ahead(const Source& source, int64_t step, int64_t shared, const TileRuns& runs, ReadAhead& ahead);

// Working memory of the transforms: a run's pixels, and its pieces transformed along their columns.
constexpr int64_t most_run_pixels = 4 * most_run_tiles + 2;
constexpr int64_t winograd_pixel_elements = 6 * (most_run_pixels + 2 * lanes<float>) * lanes<float>;
constexpr int64_t winograd_half_elements = 6 * most_run_pixels * lanes<float>;
constexpr int64_t winograd_working = winograd_pixel_elements + winograd_half_elements;

// Pieces of tiles that are transformed along their columns: with channels [n L, n L + L), row i of a block's pieces begins
// at data[i * row + n * vector]. Runs follow each other; their pixels are vectors, neighbouring pieces share some.
struct HalfTransformed {
  float* data;
  int64_t row, vector;
};

// Elements of rows of so many pieces, for a vector of channels, where there are so many runs.
constexpr int64_t half_row_elements(int64_t tile, int64_t tiles, int64_t runs) {
  return (tile * tiles + 2 * runs) * lanes<float>;
}

// B' d of the pieces of a block's tiles, for channels [channel, channel + channels). `pixels` is working memory.
void transform_image_columns(const Filtering& f, const Source& source, int64_t channel, int64_t channels, const TileRuns& runs,
                             float* pixels, const HalfTransformed& half);

// Row i of (B' d) B: element j of it, for tile t and channel c, goes to v[j * stride + t * row + c], in whole vectors.
void transform_image_row(int64_t tile, int64_t i, int64_t channels, const TileRuns& runs, const HalfTransformed& half, float* v,
                         int64_t stride, int64_t row);

// All of (B' d) B: element e goes to v[e * stride + t * row + c].
void transform_images(const Filtering& f, const Source& source, int64_t channel, int64_t channels, const TileRuns& runs,
                      float* working, float* v, int64_t stride, int64_t row);

// The same for A dy and (A dy) A', of the tiles of a gradient, 4 x 4, which share no pixels.
void transform_gradient_columns(const Source& source, int64_t channel, int64_t channels, const TileRuns& runs, float* pixels,
                                const HalfTransformed& half);
void transform_gradient_row(int64_t i, int64_t channels, const TileRuns& runs, const HalfTransformed& half, float* v, int64_t stride,
                            int64_t row);

// Filters as they lie: cell k of filter o and channel c at w[o * filter + c * channel + k], or turned round, 8 - k.
struct FilterLayout {
  const float* w;
  int64_t filter, channel;
  bool turned;
};

// Transforms filters, for tiles of one size, into a matrix for each element, winograd_filter_stride elements apart, of
// panels of filters: for each channel the filters of a panel.
void pack_winograd(Pool& pool, int64_t tile, const FilterLayout& layout, int64_t filters, int64_t channels, float* to);

// Filters with what pack_winograd made; bias (of each filter) may be null.
void run_winograd(Pool& pool, const Filtering& f, const float* packed, const float* bias, int64_t activation);

// The gradient to the filters of a convolution for which winograd_filter_gradient holds.
void run_winograd_filter_gradient(Pool& pool, const volute_convolution& c);

}  // namespace volute::VOLUTE_LEVEL
