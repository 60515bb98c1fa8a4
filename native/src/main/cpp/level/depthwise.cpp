// Convolutions in which each group has one channel: every result is a weighted sum of pixels of one plane. Channels lie
// in the lanes of vectors, so it makes no difference how narrow a plane is or how far apart its pixels are taken. Images
// and results that lie channels last are read and written in place; others band by band through the workspace.
#include <utility>

#include "../pool.h"
#include "channel_lanes.h"
#include "transcendental.h"

namespace volute::VOLUTE_LEVEL {
namespace {

constexpr int64_t L = lanes<float>;

// Pixels of a band, of the image or of the results: in the second-level cache.
constexpr int64_t some_pixels_of_band = 1536;
constexpr int64_t most_pixels_of_band = 8192;

static_assert(workspace_bytes >= static_cast<int64_t>(sizeof(float)) * L * 2 * (most_pixels_of_band + L),
              "a band fits into the workspace");

// Rows of results whose pixels, and the pixels that they are sums of, number at most so many.
int64_t rows_of(const volute_convolution& c, int64_t pixels) {
  const int64_t reach = (c.kernel_height - 1) * c.dilation_y + 1 - c.stride_y;
  return minimum(c.out_height, minimum((pixels / c.width - reach) / c.stride_y, pixels / c.out_width));
}

// Pixels with channels in lanes: row 0 of the image would be at `pixels`.
struct Image {
  const float* pixels;
  int64_t pitch;  // from pixel to pixel
};

// What becomes of sums.
struct End {
  const float* bias;      // of the channels, or null
  const float* residual;  // of the first result, or null
  int64_t residual_pitch;
  float low, high;
};

struct Results {
  float* pixels;
  int64_t pitch;
};

// The cells that P results of one row meet: rows [from_y, to_y) of the kernel, whose first is at `pixels`, and columns that
// for the first result begin with column `left` of the image.
struct Window {
  const float* pixels;
  int64_t pitch;
  int64_t from_y, to_y;
  int64_t left;
};

static const float zeros[L] = {};

// Where as many channels as there are lanes lie, or, if Whole is false, `channels`.
template <bool Whole>
VOLUTE_INLINE f32v load_channels(const float* from, int64_t channels) {
  return Whole ? load(from) : load_part(from, channels);
}

// A pixel, or zeros where its column is beyond the image's sides (Edge).
template <bool Edge>
VOLUTE_INLINE const float* pixel(const volute_convolution& c, const float* x, int64_t column) {
  return !Edge || static_cast<uint64_t>(column) < static_cast<uint64_t>(c.width) ? x : zeros;
}

// Adds the cells' products to P sums: any kernel.
template <bool Whole, bool Edge, int P>
VOLUTE_INLINE void add_cells(const volute_convolution& c, const Window& w, const float* weights, int64_t channels,
                             f32v (&sum)[P]) {
  const int64_t step = c.stride_x * w.pitch;
  for (int64_t i = w.from_y; i < w.to_y; i++) {
    const float* weight = weights + i * c.kernel_width * c.channels;
    const float* x = w.pixels + i * c.dilation_y * c.width * w.pitch;
    int64_t column = w.left;
    for (int64_t j = 0; j < c.kernel_width; j++) {
      const f32v factor = load_channels<Whole>(weight, channels);
#pragma GCC unroll 8
      for (int p = 0; p < P; p++) {
        sum[p] += factor * load_channels<Whole>(pixel<Edge>(c, x + p * step, column + p * c.stride_x), channels);
      }
      weight += c.channels;
      x += c.dilation_x * w.pitch;
      column += c.dilation_x;
    }
  }
}

// The same for kernels of three columns that meet neighbours, at a stride known beforehand: a row of weights stays in
// registers, and no place is computed for each cell.
template <int Stride, bool Whole, bool Edge, int P>
VOLUTE_INLINE void add_threes(const volute_convolution& c, const Window& w, const float* weights, int64_t channels,
                              f32v (&sum)[P]) {
  const float* weight = weights + w.from_y * 3 * c.channels;
  const float* row = w.pixels + w.from_y * c.dilation_y * c.width * w.pitch;
  for (int64_t i = w.from_y; i < w.to_y; i++) {
    const f32v factors[3] = {load_channels<Whole>(weight, channels), load_channels<Whole>(weight + c.channels, channels),
                             load_channels<Whole>(weight + 2 * c.channels, channels)};
    const float* x = row;
#pragma GCC unroll 24
    for (int column = 0; column < (P - 1) * Stride + 3; column++) {
      const f32v v = load_channels<Whole>(pixel<Edge>(c, x, w.left + column), channels);
#pragma GCC unroll 8
      for (int j = 0; j < 3; j++) {
        if (column >= j && (column - j) % Stride == 0 && (column - j) / Stride < P) {
          sum[(column - j) / Stride] += factors[j] * v;
        }
      }
      x += w.pitch;
    }
    weight += 3 * c.channels;
    row += c.dilation_y * c.width * w.pitch;
  }
}

// Sums of as many channels as there are lanes, or `channels` where Whole is false. Cells beyond the image's sides are
// left out where they are met (Edge). With a Stride, of kernels of three neighbours; otherwise of any.
template <int Stride, bool Whole, bool Edge, int P>
void sum_cells(const volute_convolution& c, const Window& w, const float* weights, int64_t channels, const End& end,
               const Results& out) {
  f32v sum[P];
#pragma GCC unroll 8
  for (int p = 0; p < P; p++) {
    sum[p] = end.residual ? load_channels<Whole>(end.residual + p * end.residual_pitch, channels) : f32v{};
  }
  if constexpr (Stride > 0) {
    add_threes<Stride, Whole, Edge>(c, w, weights, channels, sum);
  } else {
    add_cells<Whole, Edge>(c, w, weights, channels, sum);
  }
  const f32v bias = end.bias ? load_channels<Whole>(end.bias, channels) : f32v{};
  const f32v low = broadcast(end.low);
  const f32v high = broadcast(end.high);
  float* to = out.pixels;
  const int64_t pitch = out.pitch;
#pragma GCC unroll 8
  for (int p = 0; p < P; p++) {
    f32v v = sum[p] + bias;
    // A NaN passes.
    v = v < low ? low : v;
    v = v > high ? high : v;
    if (Whole) {
      store(to, v);
    } else {
      store_part(to, v, channels);
    }
    to += pitch;
  }
}

using SumCells = void (*)(const volute_convolution&, const Window&, const float*, int64_t, const End&, const Results&);

constexpr int64_t most_columns = 8;

template <int Stride, bool Whole, bool Edge, size_t... P>
SumCells choose(int64_t columns, std::index_sequence<P...>) {
  static constexpr SumCells functions[] = {sum_cells<Stride, Whole, Edge, static_cast<int>(P) + 1>...};
  return functions[columns - 1];
}

template <int Stride, bool Whole>
SumCells choose(bool edge, int64_t columns) {
  constexpr auto sizes = std::make_index_sequence<most_columns>();
  return edge ? choose<Stride, Whole, true>(columns, sizes) : choose<Stride, Whole, false>(columns, sizes);
}

SumCells sum_cells_of(const volute_convolution& c, bool whole, bool edge, int64_t columns) {
  const bool threes = c.kernel_width == 3 && c.dilation_x == 1;
  return !whole                      ? choose<0, false>(edge, columns)
         : threes && c.stride_x == 1 ? choose<1, true>(edge, columns)
         : threes && c.stride_x == 2 ? choose<2, true>(edge, columns)
                                     : choose<0, true>(edge, columns);
}

// One row of results for channels [0, channels) of image, weights and results.
void sum_row(const volute_convolution& c, const Image& image, const float* weights, int64_t channels, int64_t row,
             const End& end, const Results& out) {
  const int64_t top = row * c.stride_y - c.pad_y;
  const Inside y = inside(top, c.dilation_y, c.height, c.kernel_height);
  const int64_t span = (c.kernel_width - 1) * c.dilation_x;
  const Partition tiles(c.out_width, most_columns, 1);
  for (int64_t t = 0; t < tiles.panels; t++) {
    const int64_t column = tiles.start(t);
    const int64_t columns = tiles.size(t);
    const int64_t left = column * c.stride_x - c.pad_x;
    const bool edge = left < 0 || left + (columns - 1) * c.stride_x + span >= c.width;
    Window window{image.pixels + (top * c.width + left) * image.pitch, image.pitch, y.from, y.to, left};
    End to = end;
    to.residual = end.residual ? end.residual + column * end.residual_pitch : nullptr;
    Results results{out.pixels + column * out.pitch, out.pitch};
    const SumCells whole = sum_cells_of(c, true, edge, columns);
    for (int64_t channel = 0; channel < channels; channel += L) {
      const int64_t some = minimum(L, channels - channel);
      const SumCells sums = some == L ? whole : sum_cells_of(c, false, edge, columns);
      sums(c, window, weights + channel, some, to, results);
      window.pixels += L;
      results.pixels += L;
      to.bias = to.bias ? to.bias + L : nullptr;
      to.residual = to.residual ? to.residual + L : nullptr;
    }
  }
}

// The activations that are bounds end the sums; others come after them.
End end_of(const volute_convolution& c) {
  const Clamp clamp(static_cast<Activation>(c.activation));
  return {nullptr, nullptr, 0, clamp.low, clamp.high};
}

Epilogue<float> rest_of(const volute_convolution& c) {
  Epilogue<float> rest;
  rest.activation = Clamp(static_cast<Activation>(c.activation)).rest;
  return rest;
}

// Rows [first, first + rows) of the results of the channels from `channel` on, as many as there are lanes.
void filter_band(const volute_convolution& c, int64_t image, int64_t channel, int64_t first, int64_t rows) {
  const int64_t each = c.filters / c.groups;
  const int64_t cells = c.kernel_height * c.kernel_width;
  const int64_t channels = minimum(L, c.channels - channel);
  float* const cut = static_cast<float*>(workspace());
  float* const kept = cut + (most_pixels_of_band + L) * L;
  const int64_t out_plane = c.out_height * c.out_width;
  Image part{c.x + image * c.height * c.width * c.channels + channel, c.channels};
  if (!c.x_last) {
    const int64_t plane = c.height * c.width;
    const int64_t top = minimum(c.height, maximum(int64_t{0}, first * c.stride_y - c.pad_y));
    const int64_t bottom = (first + rows - 1) * c.stride_y - c.pad_y + (c.kernel_height - 1) * c.dilation_y + 1;
    channels_to_lanes({c.x + (image * c.channels + channel) * plane, channels, plane, c.height, c.width}, top,
                      maximum(int64_t{0}, minimum(c.height, bottom) - top), 0, c.width, cut);
    part = {cut - top * c.width * L, L};
  }
  for (int64_t i = 0; i < each; i++) {
    float bias[L] = {};
    for (int64_t k = 0; k < channels; k++) {
      bias[k] = c.bias ? c.bias[(channel + k) * each + i] : 0.0f;
    }
    End end = end_of(c);
    end.bias = bias;
    end.residual_pitch = c.filters;
    const int64_t at = (image * out_plane + first * c.out_width) * c.filters + channel;
    const Results results = c.y_last ? Results{c.y + at, c.filters} : Results{kept, L};
    for (int64_t row = 0; row < rows; row++) {
      end.residual = c.residual ? c.residual + at + row * c.out_width * c.filters : nullptr;
      sum_row(c, part, c.scratch + i * cells * c.channels + channel, channels, first + row, end,
              {results.pixels + row * c.out_width * results.pitch, results.pitch});
    }
    finish(rest_of(c), 0, 0, rows * c.out_width, channels, results.pixels, results.pitch);
    if (!c.y_last) {
      lanes_to_channels(kept, L, rows * c.out_width, channels, each * out_plane,
                        c.y + (image * c.filters + channel * each + i) * out_plane + first * c.out_width);
    }
  }
}

}  // namespace

bool depthwise(const volute_convolution& c) {
  const bool any_last = c.x_last || c.y_last;
  return c.groups > 1 && c.channels == c.groups && (!any_last || c.filters == c.channels) && c.width > 0 &&
         rows_of(c, most_pixels_of_band) > 0;
}

void pack_depthwise(const volute_convolution& c) {
  const int64_t each = c.filters / c.groups;
  const int64_t cells = c.kernel_height * c.kernel_width;
  float* to = c.scratch;
  for (int64_t i = 0; i < each; i++) {
    for (int64_t cell = 0; cell < cells; cell++) {
      for (int64_t channel = 0; channel < c.channels; channel++) {
        *to++ = c.w[(channel * each + i) * cells + cell];
      }
    }
  }
}

void depthwise_rows(const volute_convolution& c, int64_t image, int64_t first, int64_t rows) {
  const Image whole{c.x + image * c.height * c.width * c.channels, c.channels};
  End end = end_of(c);
  end.bias = c.bias;
  end.residual_pitch = c.channels;
  for (int64_t row = first; row < first + rows; row++) {
    const int64_t at = (image * c.out_height + row) * c.out_width * c.channels;
    end.residual = c.residual ? c.residual + at : nullptr;
    sum_row(c, whole, c.scratch, c.channels, row, end, {c.y + at, c.channels});
    finish(rest_of(c), 0, 0, 1, c.out_width * c.channels, c.y + at, 0);
  }
}

void run_depthwise(Pool& pool, const volute_convolution& c) {
  const double sums = static_cast<double>(c.batch * c.filters * c.out_height * c.out_width) *
                      static_cast<double>(c.kernel_height * c.kernel_width);
  if (c.x_last && c.y_last) {
    constexpr int64_t parts = 8;
    const Partition bands(c.out_height, ceil_div(c.out_height, parts), 1);
    pool.run(c.batch * bands.panels, sums / 40, [&](int64_t part) {
      const int64_t band = part % bands.panels;
      depthwise_rows(c, part / bands.panels, bands.start(band), bands.size(band));
    });
    return;
  }
  const int64_t rows = rows_of(c, some_pixels_of_band);
  const Partition bands(c.out_height, rows > 0 ? rows : rows_of(c, most_pixels_of_band), 1);
  const int64_t groups = ceil_div(c.channels, L);
  const double moves = static_cast<double>(c.batch * c.channels * c.height * c.width);
  pool.run(c.batch * groups * bands.panels, sums / 25 + moves / 10, [&](int64_t part) {
    const int64_t band = part % bands.panels;
    const int64_t rest = part / bands.panels;
    filter_band(c, rest / groups, rest % groups * L, bands.start(band), bands.size(band));
  });
}

}  // namespace volute::VOLUTE_LEVEL
