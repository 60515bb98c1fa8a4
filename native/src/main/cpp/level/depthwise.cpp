// Convolutions in which each group has one channel: every result is a weighted sum of pixels of one plane. Channels lie
// in the lanes of vectors, so it makes no difference how narrow a plane is or how far apart its pixels are taken.
#include "../pool.h"
#include "channel_lanes.h"

namespace volute::VOLUTE_LEVEL {
namespace {

constexpr int64_t L = lanes<float>;

// Pixels of a band, of the image or of the results: in the second-level cache.
constexpr int64_t some_pixels = 1536;
constexpr int64_t most_pixels = 8192;
constexpr int64_t most_cells = 1024;

static_assert(workspace_bytes >= static_cast<int64_t>(sizeof(float)) * L * (2 * (most_pixels + L) + most_cells),
              "a band fits into the workspace");

// Rows of results whose pixels, and the pixels that they are sums of, number at most so many.
int64_t rows_of(const volute_convolution& c, int64_t pixels) {
  const int64_t reach = (c.kernel_height - 1) * c.dilation_y + 1 - c.stride_y;
  return minimum(c.out_height, minimum((pixels / c.width - reach) / c.stride_y, pixels / c.out_width));
}

struct Image {
  const float* pixels;  // of rows [first, first + rows), channels in lanes
  int64_t first, rows;
};

// P results of one row, from `column` on: sums over the cells whose rows and columns are inside of the image for all.
template <int P>
VOLUTE_INLINE void sum_cells(const volute_convolution& c, const float* pixels, const float* weights, int64_t from_y,
                             int64_t to_y, int64_t from_x, int64_t to_x, float* out) {
  f32v sum[P];
#pragma GCC unroll 8
  for (int p = 0; p < P; p++) {
    sum[p] = f32v{};
  }
  const int64_t step = c.stride_x * L;
  for (int64_t i = from_y; i < to_y; i++) {
    const float* w = weights + (i * c.kernel_width + from_x) * L;
    const float* x = pixels + (i * c.dilation_y * c.width + from_x * c.dilation_x) * L;
    for (int64_t j = from_x; j < to_x; j++, w += L, x += c.dilation_x * L) {
      const f32v weight = load(w);
#pragma GCC unroll 8
      for (int p = 0; p < P; p++) {
        sum[p] += weight * load(x + p * step);
      }
    }
  }
#pragma GCC unroll 8
  for (int p = 0; p < P; p++) {
    store(out + p * L, sum[p]);
  }
}

// One row of results.
void sum_row(const volute_convolution& c, const Image& image, const float* weights, int64_t row, float* out) {
  constexpr int P = 7;
  const int64_t top = row * c.stride_y - c.pad_y;
  const Inside y = inside(top, c.dilation_y, c.height, c.kernel_height);
  const int64_t span = (c.kernel_width - 1) * c.dilation_x;
  for (int64_t column = 0; column < c.out_width;) {
    const int64_t left = column * c.stride_x - c.pad_x;
    const float* pixels = image.pixels + ((top - image.first) * c.width + left) * L;
    if (left >= 0 && column + P <= c.out_width && left + (P - 1) * c.stride_x + span < c.width) {
      sum_cells<P>(c, pixels, weights, y.from, y.to, 0, c.kernel_width, out + column * L);
      column += P;
    } else {
      const Inside x = inside(left, c.dilation_x, c.width, c.kernel_width);
      sum_cells<1>(c, pixels, weights, y.from, y.to, x.from, x.to, out + column * L);
      column++;
    }
  }
}

// Rows [first, first + rows) of the results of the channels from `channel` on, as many as there are lanes.
void filter_band(const volute_convolution& c, int64_t image, int64_t channel, int64_t first, int64_t rows) {
  const int64_t each = c.filters / c.groups;
  const int64_t cells = c.kernel_height * c.kernel_width;
  const int64_t channels = minimum(L, c.channels - channel);
  float* const weights = static_cast<float*>(workspace());
  float* const pixels = weights + most_cells * L;
  float* const results = pixels + (most_pixels + L) * L;
  const int64_t top = minimum(c.height, maximum(int64_t{0}, first * c.stride_y - c.pad_y));
  const int64_t bottom = (first + rows - 1) * c.stride_y - c.pad_y + (c.kernel_height - 1) * c.dilation_y + 1;
  const Image part{pixels, top, maximum(int64_t{0}, minimum(c.height, bottom) - top)};
  const int64_t plane = c.height * c.width;
  const int64_t out_plane = c.out_height * c.out_width;
  channels_to_lanes({c.x + (image * c.channels + channel) * plane, channels, plane, c.height, c.width}, part.first,
                    part.rows, 0, c.width, pixels);
  for (int64_t i = 0; i < each; i++) {
    float bias[L] = {};
    for (int64_t k = 0; k < channels; k++) {
      const int64_t filter = (channel + k) * each + i;
      bias[k] = c.bias ? c.bias[filter] : 0.0f;
      for (int64_t cell = 0; cell < cells; cell++) {
        weights[cell * L + k] = c.scratch[filter * cells + cell];
      }
    }
    for (int64_t row = 0; row < rows; row++) {
      sum_row(c, part, weights, first + row, results + row * c.out_width * L);
    }
    Epilogue<float> epilogue;
    epilogue.column_bias = c.bias ? bias : nullptr;
    epilogue.activation = static_cast<Activation>(c.activation);
    finish(epilogue, 0, 0, rows * c.out_width, L, results, L);
    lanes_to_channels(results, L, rows * c.out_width, channels, each * out_plane,
                      c.y + (image * c.filters + channel * each + i) * out_plane + first * c.out_width);
  }
}

}  // namespace

bool depthwise(const volute_convolution& c) {
  return c.groups > 1 && c.channels == c.groups && c.kernel_height * c.kernel_width <= most_cells && c.width > 0 &&
         rows_of(c, most_pixels) > 0;
}

void run_depthwise(Pool& pool, const volute_convolution& c) {
  const int64_t rows = rows_of(c, some_pixels);
  const Partition bands(c.out_height, rows > 0 ? rows : rows_of(c, most_pixels), 1);
  const int64_t groups = ceil_div(c.channels, L);
  const double sums = static_cast<double>(c.batch * c.filters * c.out_height * c.out_width) *
                      static_cast<double>(c.kernel_height * c.kernel_width);
  const double moves = static_cast<double>(c.batch * c.channels * c.height * c.width);
  pool.run(c.batch * groups * bands.panels, sums / 25 + moves / 10, [&](int64_t part) {
    const int64_t band = part % bands.panels;
    const int64_t rest = part / bands.panels;
    filter_band(c, rest / groups, rest % groups * L, bands.start(band), bands.size(band));
  });
}

}  // namespace volute::VOLUTE_LEVEL
