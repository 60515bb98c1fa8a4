// What pooling of planes and of pixels' channels share.
#pragma once

#include <limits>

#include "kernels.h"
#include "strided.h"

namespace volute::VOLUTE_LEVEL {

// The part of a window that is inside the image: cells [from, to) of one axis.
struct Cells {
  int64_t from, to;
};

VOLUTE_INLINE Cells inside(int64_t start, int64_t window, int64_t length) {
  return {maximum(int64_t{0}, -start), maximum(int64_t{0}, minimum(window, length - start))};
}

VOLUTE_INLINE float cells_counted(const volute_pool& c, const Cells& rows, const Cells& columns) {
  return static_cast<float>(c.count_padding ? c.window_y * c.window_x
                                            : (rows.to - rows.from) * (columns.to - columns.from));
}

// Whether all operands lie channels last: then channels are in the lanes of vectors.
inline bool channels_in_lanes(const volute_pool& c) {
  return c.x_last && c.y_last && (!c.index || c.index_last);
}

// Where a later cell takes over: the first cell counts whatever it is, of equal ones the first, and a NaN is the largest.
VOLUTE_INLINE i32v takes_over(f32v best, f32v v) { return ~(v <= best) & (best == best); }

// Whether windows are of two by two cells, side by side, and cover planes that follow one another without a gap.
inline bool in_twos(const volute_pool& c) {
  return !c.x_last && !c.y_last && !c.index_last && c.window_y == 2 && c.window_x == 2 && c.stride_y == 2 &&
         c.stride_x == 2 && c.pad_y == 0 && c.pad_x == 0 && 2 * c.out_height == c.height && 2 * c.out_width == c.width;
}

// Pools planes whose rows are too short for vectors, if there is a way for them.
bool max_pool_narrow(Pool& pool, const volute_pool& c);

void max_pool_channels(Pool& pool, const volute_pool& c);
void max_pool_gradient_channels(Pool& pool, const volute_pool& c);
void average_pool_channels(Pool& pool, const volute_pool& c);
void average_pool_gradient_channels(Pool& pool, const volute_pool& c);

}  // namespace volute::VOLUTE_LEVEL
