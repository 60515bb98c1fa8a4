// Planes of an image with channels in the lanes of vectors, as many as there are lanes.
#pragma once

#include "convolution.h"
#include "transpose.h"

namespace volute::VOLUTE_LEVEL {

// Planes of as many channels as a vector has lanes, or fewer: then the last one stands in for the missing ones.
struct Planes {
  const float* data;
  int64_t channels, stride;
  int64_t height, width;
};

// pixels[(y * columns + x) * lanes + channel] for rows [row, row + rows) and columns [column, column + columns) of the
// planes. Writes up to a vector of pixels more.
inline void channels_to_lanes(const Planes& p, int64_t row, int64_t rows, int64_t column, int64_t columns,
                              float* pixels) {
  constexpr int64_t L = lanes<float>;
  const float* channel[L];
  for (int64_t i = 0; i < L; i++) {
    channel[i] = p.data + minimum(i, p.channels - 1) * p.stride;
  }
  const bool whole = columns == p.width;
  const int64_t lines = whole ? 1 : rows;
  const int64_t length = whole ? rows * columns : columns;
  for (int64_t y = 0; y < lines; y++) {
    for (int64_t x = 0; x < length; x += L) {
      const float* from[L];
      const int64_t at = (row + y) * p.width + column + x;
#pragma GCC unroll 16
      for (int i = 0; i < L; i++) {
        from[i] = channel[i] + at;
      }
      transpose_block(from, pixels + (y * columns + x) * L, L);
    }
  }
}

// The way back, from pixels `pitch` elements apart to ones without gaps in each of the channels' planes. Reads up to a
// vector of pixels more.
inline void lanes_to_channels(const float* lanes_of_pixels, int64_t pitch, int64_t pixels, int64_t channels, int64_t stride, float* to) {
  constexpr int64_t L = lanes<float>;
  float block[L * L];
  for (int64_t x = 0; x < pixels; x += L) {
    const float* from[L];
#pragma GCC unroll 16
    for (int i = 0; i < L; i++) {
      from[i] = lanes_of_pixels + (x + i) * pitch;
    }
    if (channels == L && x + L <= pixels) {
      transpose_block(from, to + x, stride);
      continue;
    }
    transpose_block(from, block, L);
    for (int64_t i = 0; i < channels; i++) {
      copy_exactly(block + i * L, to + i * stride + x, minimum(L, pixels - x));
    }
  }
}

}  // namespace volute::VOLUTE_LEVEL
