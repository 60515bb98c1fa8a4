// Winograd's minimal filtering F(4x4, 3x3): a tile of 4 x 4 results of a 3 x 3 filter takes 36 products instead of
// 144. With d a 6 x 6 piece of the image and g a filter, the tile is A' [(G g G') * (B' d B)] A, where * multiplies
// element by element and B, G, A are the matrices of interpolation at 0, 1, -1, 2, -2 and infinity (Lavin and Gray,
// Fast Algorithms for Convolutional Neural Networks, 2015). Summed over channels, each of the 36 elements is a product
// of matrices of its own.
//
// Tiles lie in the lanes of vectors. Rows of tiles are cut apart and put together in lanes of 128 bits, so in memory
// tiles stand in the order that these give: the same for every array here.
#pragma once

#include "../sizes.h"
#include "simd.h"

namespace volute {
class Pool;
}

namespace volute::VOLUTE_LEVEL {

// What is filtered: a convolution's images, or the gradient to its results with the filters turned round.
struct Filtering {
  int64_t batch;
  int64_t channels, height, width;           // of what is read
  int64_t filters, out_height, out_width;    // of what is written
  int64_t pad_y, pad_x;
  const float* in;
  float* out;

  int64_t tiles_y() const { return ceil_div(out_height, int64_t{4}); }
  int64_t tiles_x() const { return ceil_div(out_width, int64_t{4}); }
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

// Tiles of one block, at most: vectors of tiles are as many as a register tile is wide.
constexpr int64_t winograd_block = 48;

struct TileRuns {
  TileRun list[winograd_block];
  int64_t count = 0;

  TileRuns(const Filtering& f, int64_t from, int64_t tiles) {
    const int64_t across = f.tiles_x();
    const int64_t each = f.tiles_y() * across;
    for (int64_t at = 0; at < tiles;) {
      const int64_t tile = (from + at) % each;
      const int64_t length = minimum(tiles - at, across - tile % across);
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

// G g along one axis, for eight filters.
typedef float Eight __attribute__((vector_size(32), aligned(4), may_alias));
VOLUTE_INLINE void filter_transform(Eight g0, Eight g1, Eight g2, Eight (&u)[6]) {
  const Eight a = g0 + g2;
  const Eight b = 0.25f * g0 + g2;
  u[0] = 0.25f * g0;
  u[1] = (-1.0f / 6) * (a + g1);
  u[2] = (-1.0f / 6) * (a - g1);
  u[3] = (1.0f / 6) * (b + 0.5f * g1);
  u[4] = (1.0f / 6) * (b - 0.5f * g1);
  u[5] = g2;
}

#if VOLUTE_VECTOR_BYTES == 64
#define VOLUTE_SHUFFLE_128(a, b, i, j, k, l)                                                                       \
  __builtin_shufflevector(a, b, i, j, (k) + 12, (l) + 12, (i) + 4, (j) + 4, (k) + 16, (l) + 16, (i) + 8, (j) + 8,  \
                          (k) + 20, (l) + 20, (i) + 12, (j) + 12, (k) + 24, (l) + 24)
#define VOLUTE_WEAVE_128(a, b, i, j)                                                                               \
  __builtin_shufflevector(a, b, i, (i) + 16, j, (j) + 16, (i) + 4, (i) + 20, (j) + 4, (j) + 20, (i) + 8, (i) + 24, \
                          (j) + 8, (j) + 24, (i) + 12, (i) + 28, (j) + 12, (j) + 28)
#elif VOLUTE_VECTOR_BYTES == 32
#define VOLUTE_SHUFFLE_128(a, b, i, j, k, l) \
  __builtin_shufflevector(a, b, i, j, (k) + 4, (l) + 4, (i) + 4, (j) + 4, (k) + 8, (l) + 8)
#define VOLUTE_WEAVE_128(a, b, i, j) \
  __builtin_shufflevector(a, b, i, (i) + 8, j, (j) + 8, (i) + 4, (i) + 12, (j) + 4, (j) + 12)
#else
#define VOLUTE_SHUFFLE_128(a, b, i, j, k, l) __builtin_shufflevector(a, b, i, j, k, l)
#define VOLUTE_WEAVE_128(a, b, i, j) __builtin_shufflevector(a, b, i, (i) + 4, j, (j) + 4)
#endif

// Element q of every four of a, b, c, d goes to out[q]; its own inverse.
VOLUTE_INLINE void transpose_fours(const f32v (&in)[4], f32v (&out)[4]) {
  const f32v ab_low = VOLUTE_WEAVE_128(in[0], in[1], 0, 1);
  const f32v ab_high = VOLUTE_WEAVE_128(in[0], in[1], 2, 3);
  const f32v cd_low = VOLUTE_WEAVE_128(in[2], in[3], 0, 1);
  const f32v cd_high = VOLUTE_WEAVE_128(in[2], in[3], 2, 3);
  out[0] = VOLUTE_SHUFFLE_128(ab_low, cd_low, 0, 1, 4, 5);
  out[1] = VOLUTE_SHUFFLE_128(ab_low, cd_low, 2, 3, 6, 7);
  out[2] = VOLUTE_SHUFFLE_128(ab_high, cd_high, 0, 1, 4, 5);
  out[3] = VOLUTE_SHUFFLE_128(ab_high, cd_high, 2, 3, 6, 7);
}

// The transforms of one channel of a block: element e of tile t goes to v[e * stride + t]. `lines` is working memory of
// winograd_lines elements. Tiles up to the next whole vector are written too, with finite numbers or not.
constexpr int64_t winograd_line = 4 * winograd_block + 2 * lanes<float>;
constexpr int64_t winograd_lines = 18 * winograd_line;
void transform_input(const Filtering& f, const TileRuns& runs, int64_t channel, int64_t tiles, float* lines, float* v,
                     int64_t stride);

// Filters as they lie: cell k of filter o and channel c at w[o * filter + c * channel + k], or turned round, 8 - k.
struct FilterLayout {
  const float* w;
  int64_t filter, channel;
  bool turned;
};

// Transforms filters into 36 * winograd_filter_stride elements.
void pack_winograd(Pool& pool, const FilterLayout& layout, int64_t filters, int64_t channels, float* to);

// Filters with what pack_winograd made; bias (of each filter) may be null.
void run_winograd(Pool& pool, const Filtering& f, const float* packed, const float* bias, int64_t activation);

}  // namespace volute::VOLUTE_LEVEL
