// Walks over strided views: one mechanism for every kernel that takes any view.
//
// The inner kernels work on contiguous blocks. An operand whose innermost stride is not 1 is brought into a small
// buffer and, for outputs, back again, so that each function is written once.
#pragma once

#include "../pool.h"
#include "../volute.h"
#include "simd.h"

namespace volute::VOLUTE_LEVEL {

// Elements of an operand that are brought into a buffer at a time.
constexpr int64_t block_elements = 512;

// Lengths of the axes, outermost first, and N operands' strides over them.
template <int N>
struct Axes {
  int64_t rank;
  const int64_t* lengths;
  const int64_t* strides[N];
};

// The range of one axis that a thread works on.
struct Range {
  int64_t axis;
  int64_t from;
  int64_t to;
};

// Calls run(length, offsets) for every line along the innermost axis, in row-major order.
template <int N, class Run>
void each_line(const Axes<N>& axes, const Range& range, int64_t axis, const int64_t (&offsets)[N], const Run& run) {
  const bool limited = axis == range.axis;
  const int64_t from = limited ? range.from : 0;
  const int64_t to = limited ? range.to : axes.lengths[axis];
  int64_t at[N];
  for (int o = 0; o < N; o++) {
    at[o] = offsets[o] + from * axes.strides[o][axis];
  }
  if (axis == axes.rank - 1) {
    if (to > from) {
      run(to - from, at);
    }
    return;
  }
  for (int64_t i = from; i < to; i++) {
    each_line<N>(axes, range, axis + 1, at, run);
    for (int o = 0; o < N; o++) {
      at[o] += axes.strides[o][axis];
    }
  }
}

inline int64_t product_of(int64_t rank, const int64_t* lengths) {
  int64_t n = 1;
  for (int64_t i = 0; i < rank; i++) {
    n *= lengths[i];
  }
  return n;
}

// Shares the range of one axis out among threads: parts by size alone, at least `grain` elements in each.
template <class Work>
void each_range(Pool& pool, int64_t axis, int64_t length, int64_t elements, double nanoseconds, const Work& work) {
  constexpr int64_t grain = 8192;
  const int64_t parts = maximum(int64_t{1}, minimum(minimum(length, elements / grain), int64_t{64}));
  pool.run(parts, nanoseconds, [&](int64_t part) {
    work(Range{axis, length * part / parts, length * (part + 1) / parts});
  });
}

// The operand as contiguous memory: itself, or its elements brought into the buffer.
template <class T>
VOLUTE_INLINE const T* gathered(const T* from, int64_t stride, int64_t n, T* buffer) {
  if (stride == 1) {
    return from;
  }
  for (int64_t i = 0; i < n; i++) {
    buffer[i] = from[i * stride];
  }
  return buffer;
}

template <class T>
VOLUTE_INLINE void scattered(const T* buffer, T* to, int64_t stride, int64_t n) {
  for (int64_t i = 0; i < n; i++) {
    to[i * stride] = buffer[i];
  }
}

}  // namespace volute::VOLUTE_LEVEL
