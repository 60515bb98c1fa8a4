// Max and average pooling of planes [height, width], and their gradients.
#include "pooling.h"

namespace volute::VOLUTE_LEVEL {
namespace {

// One plane of an operand in either format.
template <class T>
struct Plane {
  T* data;
  int64_t step;  // from one pixel to the next
};

template <class T>
VOLUTE_INLINE Plane<T> plane_of(const volute_pool& c, T* data, int64_t plane, int64_t pixels, int64_t last) {
  if (!data) {
    return {nullptr, 0};
  }
  return last ? Plane<T>{data + plane / c.channels * c.channels * pixels + plane % c.channels, c.channels}
              : Plane<T>{data + plane * pixels, 1};
}

// What a plane's pooling reads and writes.
struct Planes {
  Plane<float> x, y;
  Plane<int32_t> index;
};

template <class Work>
void each_plane(Pool& pool, const volute_pool& c, double nanoseconds, const Work& work) {
  const int64_t elements = c.planes * (c.height * c.width + c.out_height * c.out_width);
  each_range(pool, 0, c.planes, elements, static_cast<double>(elements) * nanoseconds, [&](const Range& range) {
    for (int64_t plane = range.from; plane < range.to; plane++) {
      const int64_t out = c.out_height * c.out_width;
      work(Planes{plane_of(c, c.x, plane, c.height * c.width, c.x_last), plane_of(c, c.y, plane, out, c.y_last),
                  plane_of(c, c.index, plane, out, c.index_last)});
    }
  });
}

VOLUTE_INLINE void max_cell(const volute_pool& c, const Planes& p, int64_t oy, int64_t ox) {
  const int64_t top = oy * c.stride_y - c.pad_y;
  const int64_t left = ox * c.stride_x - c.pad_x;
  const Cells rows = inside(top, c.window_y, c.height);
  const Cells columns = inside(left, c.window_x, c.width);
  float best = -std::numeric_limits<float>::infinity();
  int64_t at = -1;
  for (int64_t i = rows.from; i < rows.to; i++) {
    const float* line = p.x.data + ((top + i) * c.width + left) * p.x.step;
    for (int64_t j = columns.from; j < columns.to; j++) {
      // The first cell counts whatever it is, and a NaN is the largest of all.
      const float v = line[j * p.x.step];
      if (at < 0 || v > best || (v != v && best == best)) {
        best = v;
        at = i * c.window_x + j;
      }
    }
  }
  const int64_t out = oy * c.out_width + ox;
  p.y.data[out * p.y.step] = best;
  if (p.index.data) {
    p.index.data[out * p.index.step] = static_cast<int32_t>(maximum(at, int64_t{0}));
  }
}

// Output columns [from, to) whose windows lie between the image's sides.
Cells middle(const volute_pool& c) {
  const int64_t from = minimum(c.out_width, ceil_div(c.pad_x, c.stride_x));
  const int64_t last = c.width - c.window_x + c.pad_x;  // where the last such window may begin, seen from the padding
  return {from, last < 0 ? from : maximum(from, minimum(c.out_width, last / c.stride_x + 1))};
}

// The outputs of one plane in some columns, whose windows lie between the image's sides, in the order of max_cell. Windows
// are square, of the given size or of any size where that is 0.
template <int64_t Stride, int64_t Window, bool Index>
void max_columns(const volute_pool& c, const float* x, const Cells& columns, float* y, int32_t* index) {
  constexpr int64_t L = lanes<float>;
  const int64_t window_y = Window > 0 ? Window : c.window_y;
  const int64_t window_x = Window > 0 ? Window : c.window_x;
  for (int64_t ox = columns.from; ox < columns.to; ox += L) {
    const int64_t n = minimum(L, columns.to - ox);
    for (int64_t oy = 0; oy < c.out_height; oy++) {
      const int64_t top = oy * c.stride_y - c.pad_y;
      const Cells rows = inside(top, window_y, c.height);
      const float* corner = x + top * c.width + ox * Stride - c.pad_x;
      // The first cell counts whatever it is, and a NaN is the largest of all.
      f32v best = broadcast(-std::numeric_limits<float>::infinity());
      i32v at = broadcast(static_cast<int32_t>(rows.from * window_x));
      const auto row = [&](int64_t i) {
        const float* line = corner + i * c.width;
#pragma GCC unroll 4
        for (int64_t j = 0; j < window_x; j++) {
          const f32v v = Stride == 1 ? load_part(line + j, n) : load_even(line + j, n);
          const i32v taken = takes_over(best, v);
          best = taken ? v : best;
          if (Index) {
            at = taken ? broadcast(static_cast<int32_t>(i * window_x + j)) : at;
          }
        }
      };
      if (Window > 0 && rows.from == 0 && rows.to == Window) {
#pragma GCC unroll 4
        for (int64_t i = 0; i < Window; i++) {
          row(i);
        }
      } else {
        for (int64_t i = rows.from; i < rows.to; i++) {
          row(i);
        }
      }
      store_part(y + oy * c.out_width + ox, best, n);
      if (Index) {
        store_part(index + oy * c.out_width + ox, at, n);
      }
    }
  }
}

using MaxColumns = void (*)(const volute_pool&, const float*, const Cells&, float*, int32_t*);

template <int64_t Stride, bool Index>
MaxColumns max_columns_of(const volute_pool& c) {
  const bool square = c.window_y == c.window_x;
  return square && c.window_x == 2   ? max_columns<Stride, 2, Index>
         : square && c.window_x == 3 ? max_columns<Stride, 3, Index>
                                     : max_columns<Stride, 0, Index>;
}

template <bool Index>
MaxColumns max_columns_of(const volute_pool& c) {
  return c.stride_x == 1 ? max_columns_of<1, Index>(c) : c.stride_x == 2 ? max_columns_of<2, Index>(c) : nullptr;
}

void clear(const volute_pool& c, const Plane<float>& x) {
  for (int64_t i = 0; i < c.height * c.width; i++) {
    x.data[i * x.step] = 0;
  }
}

// The gradient of windows of two by two that lie side by side: every cell of two rows is written once.
void gradient_pairs(const float* g, const int32_t* index, int64_t n, float* upper, float* lower) {
  constexpr int64_t L = lanes<float>;
  const f32v zero{};
  for (int64_t j = 0; j < n; j += L) {
    const int64_t count = minimum(L, n - j);
    const f32v v = load_part(g + j, count);
    const i32v at = load_part(index + j, count);
    store_pairs<float>(upper + 2 * j, at == 0 ? v : zero, at == 1 ? v : zero, count);
    store_pairs<float>(lower + 2 * j, at == 2 ? v : zero, at == 3 ? v : zero, count);
  }
}

}  // namespace

int run_max_pool(Pool& pool, volute_pool& c) {
  if (channels_in_lanes(c)) {
    max_pool_channels(pool, c);
    return VOLUTE_OK;
  }
  if (max_pool_narrow(pool, c)) {
    return VOLUTE_OK;
  }
  const bool planes = !c.x_last && !c.y_last && !c.index_last;
  const MaxColumns vectors = !planes ? nullptr : c.index ? max_columns_of<true>(c) : max_columns_of<false>(c);
  const Cells columns = vectors ? middle(c) : Cells{0, 0};
  each_plane(pool, c, vectors ? 0.15 : 1, [&](const Planes& p) {
    if (vectors) {
      vectors(c, p.x.data, columns, p.y.data, p.index.data);
    }
    if (columns.to - columns.from == c.out_width) {
      return;
    }
    for (int64_t oy = 0; oy < c.out_height; oy++) {
      for (int64_t ox = 0; ox < c.out_width; ox++) {
        if (ox < columns.from || ox >= columns.to) {
          max_cell(c, p, oy, ox);
        }
      }
    }
  });
  return VOLUTE_OK;
}

int run_max_pool_gradient(Pool& pool, volute_pool& c) {
  if (channels_in_lanes(c)) {
    max_pool_gradient_channels(pool, c);
    return VOLUTE_OK;
  }
  const bool pairs = in_twos(c);
  each_plane(pool, c, pairs ? 0.1 : 0.6, [&](const Planes& p) {
    if (pairs) {
      for (int64_t oy = 0; oy < c.out_height; oy++) {
        float* upper = p.x.data + 2 * oy * c.width;
        gradient_pairs(p.y.data + oy * c.out_width, p.index.data + oy * c.out_width, c.out_width, upper, upper + c.width);
      }
      return;
    }
    clear(c, p.x);
    for (int64_t oy = 0; oy < c.out_height; oy++) {
      for (int64_t ox = 0; ox < c.out_width; ox++) {
        const int64_t out = oy * c.out_width + ox;
        const int32_t at = p.index.data[out * p.index.step];
        const int64_t y = oy * c.stride_y - c.pad_y + at / c.window_x;
        const int64_t x = ox * c.stride_x - c.pad_x + at % c.window_x;
        if (y >= 0 && y < c.height && x >= 0 && x < c.width) {
          p.x.data[(y * c.width + x) * p.x.step] += p.y.data[out * p.y.step];
        }
      }
    }
  });
  return VOLUTE_OK;
}

int run_average_pool(Pool& pool, volute_pool& c) {
  if (channels_in_lanes(c)) {
    average_pool_channels(pool, c);
    return VOLUTE_OK;
  }
  each_plane(pool, c, 1, [&](const Planes& p) {
    for (int64_t oy = 0; oy < c.out_height; oy++) {
      const int64_t top = oy * c.stride_y - c.pad_y;
      const Cells rows = inside(top, c.window_y, c.height);
      for (int64_t ox = 0; ox < c.out_width; ox++) {
        const int64_t left = ox * c.stride_x - c.pad_x;
        const Cells columns = inside(left, c.window_x, c.width);
        float sum = 0;
        for (int64_t i = rows.from; i < rows.to; i++) {
          const float* line = p.x.data + ((top + i) * c.width + left) * p.x.step;
          for (int64_t j = columns.from; j < columns.to; j++) {
            sum += line[j * p.x.step];
          }
        }
        p.y.data[(oy * c.out_width + ox) * p.y.step] = sum / cells_counted(c, rows, columns);
      }
    }
  });
  return VOLUTE_OK;
}

int run_average_pool_gradient(Pool& pool, volute_pool& c) {
  if (channels_in_lanes(c)) {
    average_pool_gradient_channels(pool, c);
    return VOLUTE_OK;
  }
  each_plane(pool, c, 1, [&](const Planes& p) {
    clear(c, p.x);
    for (int64_t oy = 0; oy < c.out_height; oy++) {
      const int64_t top = oy * c.stride_y - c.pad_y;
      const Cells rows = inside(top, c.window_y, c.height);
      for (int64_t ox = 0; ox < c.out_width; ox++) {
        const int64_t left = ox * c.stride_x - c.pad_x;
        const Cells columns = inside(left, c.window_x, c.width);
        const float g = p.y.data[(oy * c.out_width + ox) * p.y.step] / cells_counted(c, rows, columns);
        for (int64_t i = rows.from; i < rows.to; i++) {
          float* line = p.x.data + ((top + i) * c.width + left) * p.x.step;
          for (int64_t j = columns.from; j < columns.to; j++) {
            line[j * p.x.step] += g;
          }
        }
      }
    }
  });
  return VOLUTE_OK;
}

}  // namespace volute::VOLUTE_LEVEL
