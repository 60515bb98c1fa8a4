// The gradient of a convolution to its filters: dw[filters, cells] = sum over images and pixels of
// g[filters, pixel] patch[pixel, cells].
#include "../pool.h"
#include "convolution.h"
#include "winograd.h"

namespace volute::VOLUTE_LEVEL {
namespace {

// One row: the patch of a pixel, for some channels of one image.
VOLUTE_INLINE void gather_patch(const volute_convolution& c, const float* image, int64_t channels, int64_t row,
                                int64_t column, float* to) {
  const int64_t top = row * c.stride_y - c.pad_y;
  const int64_t left = column * c.stride_x - c.pad_x;
  const Inside in = inside(left, c.dilation_x, c.width, c.kernel_width);
  const bool whole = c.dilation_x == 1 && in.to - in.from == c.kernel_width;
  for (int64_t channel = 0; channel < channels; channel++, image += c.height * c.width) {
    for (int64_t i = 0; i < c.kernel_height; i++, to += c.kernel_width) {
      const int64_t y = top + i * c.dilation_y;
      if (y < 0 || y >= c.height) {
        for (int64_t j = 0; j < c.kernel_width; j++) {
          to[j] = 0;
        }
        continue;
      }
      const float* from = image + y * c.width + left;
      if (whole) {
        copy_run(from, to, c.kernel_width);
        continue;
      }
      for (int64_t j = 0; j < c.kernel_width; j++) {
        to[j] = j >= in.from && j < in.to ? from[j * c.dilation_x] : 0.0f;
      }
    }
  }
}

struct Job {
  int64_t group;
  int64_t channel, channels;  // in the group
  int64_t image, images;
  float* out;  // [filters, cells], of the whole layer
};

void filter_gradient_block(const volute_convolution& c, const Job& job) {
  constexpr int64_t L = lanes<float>;
  const int64_t filters = c.filters / c.groups;
  const int64_t group_channels = c.channels / c.groups;
  const int64_t cells = c.kernel_height * c.kernel_width;
  const int64_t k = group_channels * cells;
  const int64_t pixels = c.out_height * c.out_width;
  const int64_t columns = job.channels * cells;
  const int64_t row_length = ceil_div(columns, L) * L;
  const int64_t capacity = workspace_bytes / static_cast<int64_t>(sizeof(float)) - tile_elements<float> - 4096;
  constexpr int64_t some_rows = 64;
  const int64_t deepest = maximum(int64_t{1}, minimum(block_k, (capacity - 64) / (row_length + some_rows) - 1));
  float* const tile = static_cast<float*>(workspace());
  float* const a = tile + tile_elements<float>;
  float* const b = a + some_rows * deepest + pack_slack + 56;
  float* const out = job.out + job.group * filters * k + job.channel * cells;
  const Partition panels(columns, tile_vectors(tile_rows) * L, L);
  const int64_t total = job.images * pixels;
  // Then a patch is one cell of each channel: the image itself, transposed.
  const bool pointwise = cells == 1 && pixels == c.height * c.width && c.pad_y == 0 && c.pad_x == 0 &&
                         c.stride_y == 1 && c.stride_x == 1;
  for (int64_t from = 0; from < total; from += deepest) {
    const int64_t depth = minimum(deepest, total - from);
    for (int64_t p = 0; p < depth;) {
      const int64_t image = job.image + (from + p) / pixels;
      const int64_t pixel = (from + p) % pixels;
      const float* x =
          c.x + (image * c.channels + job.group * group_channels + job.channel) * c.height * c.width;
      if (pointwise) {
        const int64_t run = minimum(depth - p, pixels - pixel);
        pack(run, columns, row_length, x + pixel, int64_t{1}, pixels, b + p * row_length, 1.0f);
        p += run;
      } else {
        gather_patch(c, x, job.channels, pixel / c.out_width, pixel % c.out_width, b + p * row_length);
        p++;
      }
    }
    for (int64_t some = 0; some < filters; some += some_rows) {
      const int64_t rows = minimum(some_rows, filters - some);
      const Partition heights(rows, tile_rows, 1);
      for (int64_t i = 0; i < heights.panels; i++) {
        const int64_t height = heights.size(i);
        float* to = a + heights.start(i) * depth;
        for (int64_t p = 0; p < depth;) {
          const int64_t image = job.image + (from + p) / pixels;
          const int64_t pixel = (from + p) % pixels;
          const int64_t run = minimum(depth - p, pixels - pixel);
          const int64_t filter = job.group * filters + some + heights.start(i);
          pack(run, height, height, c.y + (image * c.filters + filter) * pixels + pixel, int64_t{1}, pixels,
               to + p * height, 1.0f);
          p += run;
        }
      }
      for (int64_t j = 0; j < panels.panels; j++) {
        for (int64_t i = 0; i < heights.panels; i++) {
          tile_product(depth, heights.size(i), panels.size(j), a + heights.start(i) * depth, heights.size(i),
                       b + panels.start(j), row_length, out + (some + heights.start(i)) * k + panels.start(j), k, from > 0, tile);
        }
      }
    }
  }
}

}  // namespace

int run_convolution_filter_gradient(Pool& pool, volute_convolution& c) {
  const FilterGradientCut cut = filter_gradient_cut(c);
  const int64_t elements = filter_elements(c);
  if (elements == 0 || c.batch == 0) {
    std::memset(c.w, 0, static_cast<size_t>(elements) * sizeof(float));
    return VOLUTE_OK;
  }
  if (winograd_filter_gradient(c)) {
    run_winograd_filter_gradient(pool, c);
    return VOLUTE_OK;
  }
  const int64_t group_channels = c.channels / c.groups;
  const Partition channels(group_channels, cut.channels, 1);
  const Partition images(c.batch, ceil_div(c.batch, cut.chunks), 1);
  const int64_t chunks = images.panels;
  const double flops = 2.0 * static_cast<double>(c.batch * elements) * static_cast<double>(c.out_height * c.out_width);
  pool.run(c.groups * channels.panels * chunks, flops / 70, [&](int64_t part) {
    const int64_t chunk = part % chunks;
    const int64_t block = part / chunks % channels.panels;
    filter_gradient_block(c, {part / chunks / channels.panels, channels.start(block), channels.size(block),
                              images.start(chunk), images.size(chunk),
                              chunk == 0 ? c.w : c.scratch + (chunk - 1) * elements});
  });
  for (int64_t chunk = 1; chunk < chunks; chunk++) {
    const float* from = c.scratch + (chunk - 1) * elements;
    for (int64_t i = 0; i < elements; i++) {
      c.w[i] += from[i];
    }
  }
  return VOLUTE_OK;
}

}  // namespace volute::VOLUTE_LEVEL
