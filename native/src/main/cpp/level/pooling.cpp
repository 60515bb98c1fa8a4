// Max and average pooling of planes [height, width], and their gradients.
#include <limits>

#include "kernels.h"
#include "strided.h"

namespace volute::VOLUTE_LEVEL {
namespace {

// The part of a window that is inside the image: cells [from, to) of one axis.
struct Cells {
  int64_t from, to;
};

VOLUTE_INLINE Cells inside(int64_t start, int64_t window, int64_t length) {
  return {maximum(int64_t{0}, -start), maximum(int64_t{0}, minimum(window, length - start))};
}

template <class Work>
void each_plane(Pool& pool, const volute_pool& c, double nanoseconds, const Work& work) {
  const int64_t elements = c.planes * (c.height * c.width + c.out_height * c.out_width);
  each_range(pool, 0, c.planes, elements, static_cast<double>(elements) * nanoseconds, [&](const Range& range) {
    for (int64_t plane = range.from; plane < range.to; plane++) {
      work(plane * c.height * c.width, plane * c.out_height * c.out_width);
    }
  });
}

VOLUTE_INLINE void max_cell(const volute_pool& c, const float* x, int64_t step, int64_t oy, int64_t ox, float* y,
                            int32_t* index) {
  const int64_t top = oy * c.stride_y - c.pad_y;
  const int64_t left = ox * c.stride_x - c.pad_x;
  const Cells rows = inside(top, c.window_y, c.height);
  const Cells columns = inside(left, c.window_x, c.width);
  float best = -std::numeric_limits<float>::infinity();
  int64_t at = -1;
  for (int64_t i = rows.from; i < rows.to; i++) {
    const float* line = x + ((top + i) * c.width + left) * step;
    for (int64_t j = columns.from; j < columns.to; j++) {
      // The first cell counts whatever it is, and a NaN is the largest of all.
      const float v = line[j * step];
      if (at < 0 || v > best || (v != v && best == best)) {
        best = v;
        at = i * c.window_x + j;
      }
    }
  }
  *y = best;
  if (index) {
    *index = static_cast<int32_t>(maximum(at, int64_t{0}));
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
          const i32v taken = ~(v <= best) & (best == best);
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

// The first cell counts whatever it is, and a NaN is the largest of all.
VOLUTE_INLINE f32v larger(f32v best, f32v v) { return (~(v <= best) & (best == best)) ? v : best; }

// One row of outputs, of an image and to results that lie channels last.
void max_row(const volute_pool& c, const float* x, int64_t oy, float* y) {
  constexpr int64_t L = lanes<float>;
  const int64_t top = oy * c.stride_y - c.pad_y;
  const Cells rows = inside(top, c.window_y, c.height);
  for (int64_t ox = 0; ox < c.out_width; ox++, y += c.channels) {
    const int64_t left = ox * c.stride_x - c.pad_x;
    const Cells columns = inside(left, c.window_x, c.width);
    for (int64_t channel = 0; channel < c.channels; channel += L) {
      const int64_t n = c.channels - channel;
      f32v best = broadcast(-std::numeric_limits<float>::infinity());
      for (int64_t i = rows.from; i < rows.to; i++) {
        const float* from = x + ((top + i) * c.width + left + columns.from) * c.channels + channel;
        for (int64_t j = columns.from; j < columns.to; j++, from += c.channels) {
          best = larger(best, n >= L ? load(from) : load_part(from, n));
        }
      }
      store_part(y + channel, best, n);
    }
  }
}

// Outputs where the image, the results or both lie channels last.
void max_channels_last(Pool& pool, const volute_pool& c) {
  const int64_t batch = c.planes / maximum(c.channels, int64_t{1});
  const int64_t in = c.height * c.width * c.channels;
  const int64_t out = c.out_height * c.out_width * c.channels;
  const double cells = static_cast<double>(batch * out) * static_cast<double>(c.window_y * c.window_x);
  if (c.x_last && c.y_last) {
    constexpr int64_t parts = 8;
    const int64_t each = ceil_div(c.out_height, parts);
    const int64_t bands = ceil_div(c.out_height, each);
    pool.run(batch * bands, 0.05 * cells, [&](int64_t part) {
      const int64_t image = part / bands;
      const int64_t from = part % bands * each;
      for (int64_t oy = from; oy < minimum(from + each, c.out_height); oy++) {
        max_row(c, c.x + image * in, oy, c.y + image * out + oy * c.out_width * c.channels);
      }
    });
    return;
  }
  const int64_t x_step = c.x_last ? c.channels : 1;
  const int64_t y_step = c.y_last ? c.channels : 1;
  pool.run(c.planes, cells, [&](int64_t plane) {
    const int64_t image = plane / c.channels;
    const int64_t channel = plane % c.channels;
    const float* x = c.x + image * in + channel * (c.x_last ? 1 : c.height * c.width);
    float* y = c.y + image * out + channel * (c.y_last ? 1 : c.out_height * c.out_width);
    for (int64_t oy = 0; oy < c.out_height; oy++) {
      for (int64_t ox = 0; ox < c.out_width; ox++, y += y_step) {
        max_cell(c, x, x_step, oy, ox, y, nullptr);
      }
    }
  });
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

VOLUTE_INLINE float cells_counted(const volute_pool& c, const Cells& rows, const Cells& columns) {
  return static_cast<float>(c.count_padding ? c.window_y * c.window_x
                                            : (rows.to - rows.from) * (columns.to - columns.from));
}

}  // namespace

int run_max_pool(Pool& pool, volute_pool& c) {
  if (c.x_last || c.y_last) {
    max_channels_last(pool, c);
    return VOLUTE_OK;
  }
  const MaxColumns vectors = c.index ? max_columns_of<true>(c) : max_columns_of<false>(c);
  const Cells columns = vectors ? middle(c) : Cells{0, 0};
  each_plane(pool, c, 0.15, [&](int64_t in, int64_t out) {
    const float* x = c.x + in;
    float* y = c.y + out;
    int32_t* index = c.index ? c.index + out : nullptr;
    if (vectors) {
      vectors(c, x, columns, y, index);
    }
    if (columns.to - columns.from == c.out_width) {
      return;
    }
    for (int64_t oy = 0; oy < c.out_height; oy++) {
      for (int64_t ox = 0; ox < c.out_width; ox++) {
        if (ox < columns.from || ox >= columns.to) {
          const int64_t at = oy * c.out_width + ox;
          max_cell(c, x, 1, oy, ox, y + at, index ? index + at : nullptr);
        }
      }
    }
  });
  return VOLUTE_OK;
}

int run_max_pool_gradient(Pool& pool, volute_pool& c) {
  const bool pairs = c.window_y == 2 && c.window_x == 2 && c.stride_y == 2 && c.stride_x == 2 && c.pad_y == 0 &&
                     c.pad_x == 0 && 2 * c.out_height == c.height && 2 * c.out_width == c.width;
  each_plane(pool, c, pairs ? 0.1 : 0.6, [&](int64_t in, int64_t out) {
    float* dx = c.x + in;
    const int32_t* index = c.index + out;
    const float* g = c.y + out;
    if (pairs) {
      for (int64_t oy = 0; oy < c.out_height; oy++) {
        float* upper = dx + 2 * oy * c.width;
        gradient_pairs(g + oy * c.out_width, index + oy * c.out_width, c.out_width, upper, upper + c.width);
      }
      return;
    }
    std::memset(dx, 0, static_cast<size_t>(c.height * c.width) * sizeof(float));
    for (int64_t oy = 0; oy < c.out_height; oy++) {
      for (int64_t ox = 0; ox < c.out_width; ox++) {
        const int32_t at = *index++;
        const int64_t y = oy * c.stride_y - c.pad_y + at / c.window_x;
        const int64_t x = ox * c.stride_x - c.pad_x + at % c.window_x;
        if (y >= 0 && y < c.height && x >= 0 && x < c.width) {
          dx[y * c.width + x] += *g;
        }
        g++;
      }
    }
  });
  return VOLUTE_OK;
}

int run_average_pool(Pool& pool, volute_pool& c) {
  each_plane(pool, c, 1, [&](int64_t in, int64_t out) {
    for (int64_t oy = 0; oy < c.out_height; oy++) {
      const int64_t top = oy * c.stride_y - c.pad_y;
      const Cells rows = inside(top, c.window_y, c.height);
      for (int64_t ox = 0; ox < c.out_width; ox++) {
        const int64_t left = ox * c.stride_x - c.pad_x;
        const Cells columns = inside(left, c.window_x, c.width);
        float sum = 0;
        for (int64_t i = rows.from; i < rows.to; i++) {
          const float* line = c.x + in + (top + i) * c.width + left;
          for (int64_t j = columns.from; j < columns.to; j++) {
            sum += line[j];
          }
        }
        c.y[out + oy * c.out_width + ox] = sum / cells_counted(c, rows, columns);
      }
    }
  });
  return VOLUTE_OK;
}

int run_average_pool_gradient(Pool& pool, volute_pool& c) {
  each_plane(pool, c, 1, [&](int64_t in, int64_t out) {
    std::memset(c.x + in, 0, static_cast<size_t>(c.height * c.width) * sizeof(float));
    for (int64_t oy = 0; oy < c.out_height; oy++) {
      const int64_t top = oy * c.stride_y - c.pad_y;
      const Cells rows = inside(top, c.window_y, c.height);
      for (int64_t ox = 0; ox < c.out_width; ox++) {
        const int64_t left = ox * c.stride_x - c.pad_x;
        const Cells columns = inside(left, c.window_x, c.width);
        const float g = c.y[out + oy * c.out_width + ox] / cells_counted(c, rows, columns);
        for (int64_t i = rows.from; i < rows.to; i++) {
          float* line = c.x + in + (top + i) * c.width + left;
          for (int64_t j = columns.from; j < columns.to; j++) {
            line[j] += g;
          }
        }
      }
    }
  });
  return VOLUTE_OK;
}

}  // namespace volute::VOLUTE_LEVEL
