// What the convolution and its gradients share: a convolution as a matrix product whose one operand, the columns
// of image patches, is never stored as a whole.
#pragma once

#include "../sizes.h"
#include "gemm.h"
#include "kernels.h"

namespace volute::VOLUTE_LEVEL {

// A run of output pixels in one output row: columns [at, at + length) of a panel.
struct Segment {
  int64_t at;
  int64_t row;
  int64_t column;
  int64_t length;
};

// The segments of pixels [from, from + count).
struct Segments {
  Segment list[tile_vectors_max * lanes<float>];
  int64_t count = 0;

  Segments(const volute_convolution& c, int64_t from, int64_t pixels) {
    for (int64_t at = 0; at < pixels;) {
      const int64_t row = (from + at) / c.out_width;
      const int64_t column = (from + at) % c.out_width;
      const int64_t length = minimum(pixels - at, c.out_width - column);
      list[count++] = {at, row, column, length};
      at += length;
    }
  }
};

// The cells of a segment whose image column is inside: [from, to).
struct Inside {
  int64_t from;
  int64_t to;
};

VOLUTE_INLINE Inside inside(int64_t first, int64_t stride, int64_t width, int64_t length) {
  if (first >= 0 && first + (length - 1) * stride < width) {
    return {0, length};
  }
  const int64_t from = first < 0 ? ceil_div(-first, stride) : 0;
  const int64_t to = width > first ? ceil_div(width - first, stride) : 0;
  return {minimum(from, length), maximum(minimum(from, length), minimum(to, length))};
}

// Copies eight at a time and so up to seven elements too many: the target is written in ascending order and has
// slack at its end, and all memory that tensors lie in may be read a little past its end.
VOLUTE_INLINE void copy_run(const float* from, float* to, int64_t length) {
  typedef float Eight __attribute__((vector_size(32), aligned(4), may_alias));
  for (int64_t i = 0; i < length; i += 8) {
    *reinterpret_cast<Eight*>(to + i) = *reinterpret_cast<const Eight*>(from + i);
  }
}

// Copies exactly so many.
VOLUTE_INLINE void copy_exactly(const float* from, float* to, int64_t n) {
  typedef float Four __attribute__((vector_size(16), aligned(4), may_alias));
  constexpr int64_t L = lanes<float>;
  int64_t i = 0;
  if (n >= L) {
    for (; i + L <= n; i += L) {
      store(to + i, load(from + i));
    }
    store(to + n - L, load(from + n - L));
    return;
  }
  for (; i + 4 <= n; i += 4) {
    *reinterpret_cast<Four*>(to + i) = *reinterpret_cast<const Four*>(from + i);
  }
  for (; i < n; i++) {
    to[i] = from[i];
  }
}

// Which channel and kernel cell a row of the matrix of columns belongs to.
struct Cell {
  int64_t channel, y, x;

  Cell(const volute_convolution& c, int64_t row)
      : channel(row / (c.kernel_height * c.kernel_width)),
        y(row / c.kernel_width % c.kernel_height),
        x(row % c.kernel_width) {}

  VOLUTE_INLINE void next(const volute_convolution& c) {
    if (++x == c.kernel_width) {
      x = 0;
      if (++y == c.kernel_height) {
        y = 0;
        channel++;
      }
    }
  }
};

// Every `stride`-th of n elements, as copy_run does.
VOLUTE_INLINE void copy_strided(const float* from, int64_t stride, float* to, int64_t n) {
  typedef float Eight __attribute__((vector_size(32), aligned(4), may_alias));
  if (stride == 1) {
    copy_run(from, to, n);
  } else if (stride == 2) {
    for (int64_t i = 0; i < n; i += 8) {
      const Eight a = *reinterpret_cast<const Eight*>(from + 2 * i);
      const Eight b = *reinterpret_cast<const Eight*>(from + 2 * i + 8);
      *reinterpret_cast<Eight*>(to + i) = __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14);
    }
  } else {
    for (int64_t i = 0; i < n; i++) {
      to[i] = from[i * stride];
    }
  }
}

// Panels of filters, or of other targets, for convolutions with pixels as rows. Behind them lies that of the few targets
// which are left, if there are any.
struct TargetPanels {
  Partition targets;
  int64_t k;  // terms of a sum

  TargetPanels(int64_t targets_, int64_t k_) : targets(targets_, filter_panel, packed_lanes), k(k_) {}

  int64_t width(int64_t panel) const { return filter_lanes(targets.size(panel)); }
  int64_t offset(int64_t panel) const { return targets.start(panel) * k; }
};

// Pixels whose results are kept until they are stored in planes.
constexpr int64_t some_pixels = 256;

// Cells of a filter for which pixels are rows, at most.
constexpr int64_t most_cells = 256;

// Calls f(cell, y, x) for the cells that results of a remainder meet, with the pixel of the planes, padding included, that
// the first result meets there: row after row, from left to right.
template <class F>
void for_cells(const volute_convolution& c, const PixelRows& rows, int64_t step_y, int64_t step_x, F f) {
  for (int64_t i = 0; i < c.kernel_height; i++) {
    for (int64_t j = 0; j < c.kernel_width; j++) {
      if (!rows.gradient) {
        f(i * c.kernel_width + j, i * c.dilation_y, j * c.dilation_x);
        continue;
      }
      // The gradient meets the filters turned round.
      const int64_t cell_y = c.kernel_height - 1 - i;
      const int64_t cell_x = c.kernel_width - 1 - j;
      const int64_t y = step_y + c.pad_y - cell_y * c.dilation_y + rows.before_y * rows.steps_y;
      const int64_t x = step_x + c.pad_x - cell_x * c.dilation_x + rows.before_x * rows.steps_x;
      if (y % rows.steps_y == 0 && x % rows.steps_x == 0) {
        f(cell_y * c.kernel_width + cell_x, y / rows.steps_y, x / rows.steps_x);
      }
    }
  }
}

// Convolutions and their gradients to the image with pixels as rows: see sizes.h. Images that lie channels last have a
// way of their own, with the same packed filters.
void pack_pixel_rows(const volute_convolution& c, bool gradient);
void run_pixel_rows(Pool& pool, const volute_convolution& c, bool gradient);
void run_channel_rows(Pool& pool, const volute_convolution& c, bool gradient);

// All results of such a convolution of one image, on this thread.
void channel_rows(const volute_convolution& c);

// Whether algorithms that can end their sums with the residual, and with the slope of a relu, do so: if these lie channels
// last as the results do. They are not given others.
inline bool ends_sums(const volute_convolution& c) { return !c.residual || (c.y_last && c.residual_last); }
inline bool ends_gradients(const volute_convolution& c) {
  const bool passes = !c.result || (c.activation == VOLUTE_ACT_RELU && c.x_last && c.result_last);
  return passes && (!c.residual || (c.x_last && c.residual_last));
}

// The call without what ends its sums, and what does so for results as they are then.
volute_convolution without_end(const volute_convolution& c);
void end_sums(Pool& pool, const volute_convolution& c);
void end_gradients(Pool& pool, const volute_convolution& c);

// Convolutions with one channel a group. Of each of a group's filters one after the other, packed ones hold for each cell
// the channels.
bool depthwise(const volute_convolution& c);
void pack_depthwise(const volute_convolution& c);
void run_depthwise(Pool& pool, const volute_convolution& c);

// Rows [first, first + rows) of the results of one image, on this thread; both lie channels last.
void depthwise_rows(const volute_convolution& c, int64_t image, int64_t first, int64_t rows);

// How a chain is computed, or VOLUTE_ONE_WAY if it is not.
int chain_algorithm(const volute_convolution_chain& c);

}  // namespace volute::VOLUTE_LEVEL
