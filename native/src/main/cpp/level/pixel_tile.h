// Register tiles of convolutions: sums for some pixels, which are rows, and some filters, which fill vectors.
#pragma once

#include "gemm.h"

namespace volute::VOLUTE_LEVEL {

// Rows that are `pitch` apart, the first five with one address, and so on: few registers hold all addresses.
template <int R>
struct SteppedRows {
  static constexpr int bases = (R + 4) / 5;
  const float* base[bases];
  int64_t one, three;

  VOLUTE_INLINE SteppedRows(const float* a, int64_t pitch) : one(pitch), three(3 * pitch) {
    for (int i = 0; i < bases; i++) {
      base[i] = a + 5 * i * pitch;
    }
  }
  VOLUTE_INLINE const float* row(int i) const {
    const float* const p = base[i / 5];
    return i % 5 == 0 ? p : i % 5 == 1 ? p + one : i % 5 == 2 ? p + 2 * one : i % 5 == 3 ? p + three : p + 4 * one;
  }
  VOLUTE_INLINE void advance(int64_t step) {
    for (int i = 0; i < bases; i++) {
      base[i] += step;
    }
  }
};

// c[pixel, filter] = end(start[pixel, filter] + sum over runs r and terms k of A(pixel, r, k) * b[r * depth.k + k, filter]).
// Sums begin with zeros where there is no start. The end adds the bias and holds the result between two bounds; where there
// is the result of a relu beside c, gradients pass that.
struct PixelTile {
  Depth depth;
  const float* b;
  int64_t ldb;  // whole vectors
  const float* start;
  int64_t start_pitch;
  const float* bias;  // of the filters, in whole vectors
  float low, high;
  float* c;
  int64_t ldc;
  int64_t filters;
  const float* result;  // lies as c does; or null
  // Read ahead into the second-level cache while tiles are computed, as much as b is long; or null. Each tile reads its
  // share: of so many calls alike, some tiles of which were computed before.
  const float* ahead;
  int64_t calls;
  int64_t tiles;

  PixelTile(const Depth& depth_, const float* b_, int64_t ldb_, float* c_, int64_t ldc_, int64_t filters_)
      : depth(depth_),
        b(b_),
        ldb(ldb_),
        start(nullptr),
        start_pitch(0),
        bias(nullptr),
        low(-__builtin_inff()),
        high(__builtin_inff()),
        c(c_),
        ldc(ldc_),
        filters(filters_),
        result(nullptr),
        ahead(nullptr),
        calls(1),
        tiles(0) {}

  // The activations that a tile can apply are bounds.
  static bool applies(Activation a) { return Clamp(a).rest == Activation::identity; }
  void activate(Activation a) {
    const Clamp clamp(a);
    low = clamp.low;
    high = clamp.high;
  }
};

// The tile's sums for pixels whose channels lie side by side: A(pixel, r, k) = a[depth.starts[r] + pixel * pitch + k].
// Returns how many tiles were computed.
int64_t channel_products(const PixelTile& tile, int64_t pixels, const float* a, int64_t pitch);

// The same for pixels in planes: A(pixel, r, k) = a[depth.starts[r] + k * pitch + pixel].
void plane_products(const PixelTile& tile, int64_t pixels, const float* a, int64_t pitch);

}  // namespace volute::VOLUTE_LEVEL
