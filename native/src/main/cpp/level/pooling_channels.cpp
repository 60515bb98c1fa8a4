// Pooling of images that lie channels last, and its gradients: channels are in the lanes of vectors.
#include "pooling.h"

namespace volute::VOLUTE_LEVEL {
namespace {

constexpr int64_t L = lanes<float>;

// A window that begins at a row and a column of the image, perhaps outside.
struct Window {
  int64_t top, left;
  Cells rows, columns;
};

// Calls work(window, offset of its result) for each window of a row of results.
template <class Work>
VOLUTE_INLINE void each_window(const volute_pool& c, int64_t oy, const Work& work) {
  const int64_t top = oy * c.stride_y - c.pad_y;
  const Cells rows = inside(top, c.window_y, c.height);
  for (int64_t ox = 0; ox < c.out_width; ox++) {
    const int64_t left = ox * c.stride_x - c.pad_x;
    work(Window{top, left, rows, inside(left, c.window_x, c.width)}, (oy * c.out_width + ox) * c.channels);
  }
}

// Calls work(offset of a pixel, number of its cell) for each cell of a window, row by row.
template <class Work>
VOLUTE_INLINE void each_cell(const volute_pool& c, const Window& w, const Work& work) {
  for (int64_t i = w.rows.from; i < w.rows.to; i++) {
    const int64_t line = ((w.top + i) * c.width + w.left) * c.channels;
    for (int64_t j = w.columns.from; j < w.columns.to; j++) {
      work(line + j * c.channels, i * c.window_x + j);
    }
  }
}

int64_t image_elements(const volute_pool& c) { return c.height * c.width * c.channels; }
int64_t result_elements(const volute_pool& c) { return c.out_height * c.out_width * c.channels; }
int64_t images(const volute_pool& c) { return c.planes / maximum(c.channels, int64_t{1}); }

// Calls work(image, oy) for each row of results.
template <class Work>
void each_row(Pool& pool, const volute_pool& c, const Work& work) {
  constexpr int64_t parts = 8;
  const int64_t each = maximum(int64_t{1}, ceil_div(c.out_height, parts));
  const int64_t bands = ceil_div(c.out_height, each);
  const double cells = static_cast<double>(images(c) * result_elements(c)) * static_cast<double>(c.window_y * c.window_x);
  pool.run(images(c) * bands, 0.05 * cells, [&](int64_t part) {
    const int64_t from = part % bands * each;
    for (int64_t oy = from; oy < minimum(from + each, c.out_height); oy++) {
      work(part / bands, oy);
    }
  });
}

// Whether no cell is in two windows.
bool apart(const volute_pool& c) { return c.stride_y >= c.window_y && c.stride_x >= c.window_x; }

// Whether each cell is in one window.
bool tiled(const volute_pool& c) {
  return c.stride_y == c.window_y && c.stride_x == c.window_x && c.pad_y == 0 && c.pad_x == 0 &&
         c.out_height * c.window_y == c.height && c.out_width * c.window_x == c.width;
}

// Adds to each cell what its windows give it: share(window, cell, offset of the window's gradients, count) for as many
// channels. Windows may overlap, so that an image is one part.
template <bool Apart, class Share>
void share_out(Pool& pool, const volute_pool& c, const Share& share) {
  const int64_t channels = c.channels;
  const bool clear = !Apart || !tiled(c);
  const double cells = static_cast<double>(images(c) * result_elements(c)) * static_cast<double>(c.window_y * c.window_x);
  pool.run(images(c), 0.1 * cells, [&](int64_t image) {
    float* const dx = c.x + image * image_elements(c);
    if (clear) {
      std::memset(dx, 0, static_cast<size_t>(image_elements(c)) * sizeof(float));
    }
    for (int64_t oy = 0; oy < c.out_height; oy++) {
      each_window(c, oy, [&](const Window& w, int64_t out) {
        const int64_t from = image * result_elements(c) + out;
        each_cell(c, w, [&](int64_t pixel, int64_t cell) {
          for (int64_t channel = 0; channel < channels; channel += L) {
            const int64_t n = channels - channel;
            const f32v v = share(w, cell, from + channel, n);
            float* const to = dx + pixel + channel;
            store_part(to, Apart ? v : load_part(to, n) + v, n);
          }
        });
      });
    }
  });
}

template <class Share>
void share_out(Pool& pool, const volute_pool& c, const Share& share) {
  apart(c) ? share_out<true>(pool, c, share) : share_out<false>(pool, c, share);
}

template <bool Index>
void max_row(const volute_pool& c, int64_t image, int64_t oy) {
  const float* const x = c.x + image * image_elements(c);
  float* const y = c.y + image * result_elements(c);
  int32_t* const index = Index ? c.index + image * result_elements(c) : nullptr;
  const int64_t channels = c.channels;
  each_window(c, oy, [&](const Window& w, int64_t out) {
    const int32_t first = static_cast<int32_t>(w.rows.from * c.window_x + w.columns.from);
    for (int64_t channel = 0; channel < channels; channel += L) {
      const int64_t n = channels - channel;
      // The first cell counts whatever it is, and a NaN is the largest of all.
      f32v best = broadcast(-std::numeric_limits<float>::infinity());
      i32v at = broadcast(first);
      each_cell(c, w, [&](int64_t pixel, int64_t cell) {
        const f32v v = n >= L ? load(x + pixel + channel) : load_part(x + pixel + channel, n);
        const i32v taken = takes_over(best, v);
        best = taken ? v : best;
        if (Index) {
          at = taken ? broadcast(static_cast<int32_t>(cell)) : at;
        }
      });
      store_part(y + out + channel, best, n);
      if (Index) {
        store_part(index + out + channel, at, n);
      }
    }
  });
}

}  // namespace

void max_pool_channels(Pool& pool, const volute_pool& c) {
  each_row(pool, c, [&](int64_t image, int64_t oy) { c.index ? max_row<true>(c, image, oy) : max_row<false>(c, image, oy); });
}

void max_pool_gradient_channels(Pool& pool, const volute_pool& c) {
  const float* const g = c.y;
  const int32_t* const index = c.index;
  share_out(pool, c, [=](const Window&, int64_t cell, int64_t from, int64_t n) {
    const i32v here = broadcast(static_cast<int32_t>(cell));
    return load_part(index + from, n) == here ? load_part(g + from, n) : f32v{};
  });
}

void average_pool_channels(Pool& pool, const volute_pool& c) {
  each_row(pool, c, [&](int64_t image, int64_t oy) {
    const float* const x = c.x + image * image_elements(c);
    float* const y = c.y + image * result_elements(c);
    each_window(c, oy, [&](const Window& w, int64_t out) {
      const float cells = cells_counted(c, w.rows, w.columns);
      for (int64_t channel = 0; channel < c.channels; channel += L) {
        const int64_t n = c.channels - channel;
        f32v sum{};
        each_cell(c, w, [&](int64_t pixel, int64_t) { sum += load_part(x + pixel + channel, n); });
        store_part(y + out + channel, sum / cells, n);
      }
    });
  });
}

void average_pool_gradient_channels(Pool& pool, const volute_pool& c) {
  share_out(pool, c, [&](const Window& w, int64_t, int64_t from, int64_t n) {
    return load_part(c.y + from, n) / cells_counted(c, w.rows, w.columns);
  });
}

}  // namespace volute::VOLUTE_LEVEL
