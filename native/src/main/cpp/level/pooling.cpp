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

VOLUTE_INLINE void max_cell(const volute_pool& c, const float* x, int64_t oy, int64_t ox, float* y, int32_t* index) {
  const int64_t top = oy * c.stride_y - c.pad_y;
  const int64_t left = ox * c.stride_x - c.pad_x;
  const Cells rows = inside(top, c.window_y, c.height);
  const Cells columns = inside(left, c.window_x, c.width);
  float best = -std::numeric_limits<float>::infinity();
  int64_t at = -1;
  for (int64_t i = rows.from; i < rows.to; i++) {
    const float* line = x + (top + i) * c.width + left;
    for (int64_t j = columns.from; j < columns.to; j++) {
      // The first cell counts whatever it is, and a NaN is the largest of all.
      if (at < 0 || line[j] > best || (line[j] != line[j] && best == best)) {
        best = line[j];
        at = i * c.window_x + j;
      }
    }
  }
  *y = best;
  if (index) {
    *index = static_cast<int32_t>(maximum(at, int64_t{0}));
  }
}

// Windows of two by two that lie side by side, the commonest: no window leaves the image.
VOLUTE_INLINE void max_pairs(const float* upper, const float* lower, int64_t n, float* y, int32_t* index) {
  for (int64_t j = 0; j < n; j++) {
    const float a = upper[2 * j], b = upper[2 * j + 1], p = lower[2 * j], q = lower[2 * j + 1];
    const bool second = (b > a) | ((b != b) & (a == a));
    const float ab = second ? b : a;
    const bool fourth = (q > p) | ((q != q) & (p == p));
    const float pq = fourth ? q : p;
    const bool below = (pq > ab) | ((pq != pq) & (ab == ab));
    y[j] = below ? pq : ab;
    if (index) {
      const int32_t above_at = second ? 1 : 0;
      const int32_t below_at = fourth ? 3 : 2;
      index[j] = below ? below_at : above_at;
    }
  }
}

VOLUTE_INLINE float cells_counted(const volute_pool& c, const Cells& rows, const Cells& columns) {
  return static_cast<float>(c.count_padding ? c.window_y * c.window_x
                                            : (rows.to - rows.from) * (columns.to - columns.from));
}

}  // namespace

int run_max_pool(Pool& pool, volute_pool& c) {
  const bool pairs = c.window_y == 2 && c.window_x == 2 && c.stride_y == 2 && c.stride_x == 2 && c.pad_y == 0 &&
                     c.pad_x == 0 && 2 * c.out_height <= c.height && 2 * c.out_width <= c.width;
  each_plane(pool, c, pairs ? 0.3 : 2, [&](int64_t in, int64_t out) {
    for (int64_t oy = 0; oy < c.out_height; oy++) {
      const float* x = c.x + in;
      float* y = c.y + out + oy * c.out_width;
      int32_t* index = c.index ? c.index + out + oy * c.out_width : nullptr;
      if (pairs) {
        const float* line = x + 2 * oy * c.width;
        if (index) {
          max_pairs(line, line + c.width, c.out_width, y, index);
        } else {
          max_pairs(line, line + c.width, c.out_width, y, nullptr);
        }
        continue;
      }
      for (int64_t ox = 0; ox < c.out_width; ox++) {
        max_cell(c, x, oy, ox, y + ox, index ? index + ox : nullptr);
      }
    }
  });
  return VOLUTE_OK;
}

int run_max_pool_gradient(Pool& pool, volute_pool& c) {
  each_plane(pool, c, 0.6, [&](int64_t in, int64_t out) {
    float* dx = c.x + in;
    std::memset(dx, 0, static_cast<size_t>(c.height * c.width) * sizeof(float));
    const int32_t* index = c.index + out;
    const float* g = c.y + out;
    for (int64_t oy = 0; oy < c.out_height; oy++) {
      for (int64_t ox = 0; ox < c.out_width; ox++) {
        const int32_t at = *index++;
        const int64_t y = oy * c.stride_y - c.pad_y + (c.window_x == 2 ? at >> 1 : at / c.window_x);
        const int64_t x = ox * c.stride_x - c.pad_x + (c.window_x == 2 ? at & 1 : at % c.window_x);
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
