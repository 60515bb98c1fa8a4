// Convolution forward and its gradient to the image.
#include "convolution.h"

#include "../pool.h"
#include "sliding_tile.h"
#include "winograd.h"

namespace volute::VOLUTE_LEVEL {
namespace {

constexpr int64_t narrow = tile_vectors(tile_rows) * int64_t{lanes<float>};

// Rows [row, row + depth) of the matrix of columns for the panel's pixels, each `width` long.
void gather_columns(const volute_convolution& c, const float* image, int64_t row, int64_t depth,
                    const Segments& segments, int64_t width, float* to) {
  Cell cell(c, row);
  if (c.stride_x == 1 && meets_no_padding(c)) {
    // Of all segments, what a cell meets is as far from what the first cell meets.
    const float* first[sizeof(segments.list) / sizeof(Segment)];
    for (int64_t s = 0; s < segments.count; s++) {
      first[s] = image + segments.list[s].row * c.stride_y * c.width + segments.list[s].column;
    }
    for (int64_t p = 0; p < depth; p++, to += width, cell.next(c)) {
      const int64_t at = (cell.channel * c.height + cell.y * c.dilation_y) * c.width + cell.x * c.dilation_x;
      for (int64_t s = 0; s < segments.count; s++) {
        copy_run(first[s] + at, to + segments.list[s].at, segments.list[s].length);
      }
    }
    return;
  }
  for (int64_t p = 0; p < depth; p++, to += width, cell.next(c)) {
    const float* plane = image + cell.channel * c.height * c.width;
    for (int64_t s = 0; s < segments.count; s++) {
      const Segment& segment = segments.list[s];
      const int64_t y = segment.row * c.stride_y - c.pad_y + cell.y * c.dilation_y;
      const int64_t x = segment.column * c.stride_x - c.pad_x + cell.x * c.dilation_x;
      float* dst = to + segment.at;
      if (y < 0 || y >= c.height) {
        for (int64_t i = 0; i < segment.length; i++) {
          dst[i] = 0;
        }
        continue;
      }
      const float* src = plane + y * c.width + x;
      const Inside in = inside(x, c.stride_x, c.width, segment.length);
      for (int64_t i = 0; i < in.from; i++) {
        dst[i] = 0;
      }
      if (c.stride_x == 1) {
        copy_run(src + in.from, dst + in.from, in.to - in.from);
      } else {
        for (int64_t i = in.from; i < in.to; i++) {
          dst[i] = src[i * c.stride_x];
        }
      }
      for (int64_t i = in.to; i < segment.length; i++) {
        dst[i] = 0;
      }
    }
  }
}

// Adds n elements of each of some rows to every `stride`-th of planes.
VOLUTE_INLINE void add_rows(int64_t rows, const float* from, int64_t pitch, int64_t n, float* to, int64_t plane,
                            int64_t stride) {
  constexpr int64_t L = lanes<float>;
  typedef float Eight __attribute__((vector_size(32), aligned(4), may_alias));
  for (int64_t row = 0; row < rows; row++, from += pitch, to += plane) {
    int64_t i = 0;
    if (stride == 1) {
      for (; i + L <= n; i += L) {
        store(to + i, load(to + i) + load(from + i));
      }
      if constexpr (L > 8) {
        for (; i + 8 <= n; i += 8) {
          *reinterpret_cast<Eight*>(to + i) += *reinterpret_cast<const Eight*>(from + i);
        }
      }
    }
    for (; i < n; i++) {
      to[i * stride] += from[i];
    }
  }
}

// The adjoint for `channels` planes: adds rows of columns to where they came from. These stand in the order of cells, the
// channels of one after those of the other.
void scatter_columns(const volute_convolution& c, float* planes, int64_t channels, int64_t row, int64_t rows,
                     const Segments& segments, int64_t width, const float* from) {
  const int64_t plane = c.height * c.width;
  int64_t cell_y = row / channels / c.kernel_width;
  int64_t cell_x = row / channels % c.kernel_width;
  for (int64_t channel = row % channels; rows > 0; channel = 0) {
    const int64_t same = minimum(channels - channel, rows);
    const int64_t top = cell_y * c.dilation_y - c.pad_y;
    const int64_t left = cell_x * c.dilation_x - c.pad_x;
    for (int64_t s = 0; s < segments.count; s++) {
      const Segment& segment = segments.list[s];
      const int64_t y = segment.row * c.stride_y + top;
      const int64_t x = segment.column * c.stride_x + left;
      if (y < 0 || y >= c.height) {
        continue;
      }
      const Inside in = inside(x, c.stride_x, c.width, segment.length);
      add_rows(same, from + segment.at + in.from, width, in.to - in.from,
               planes + channel * plane + y * c.width + x + in.from * c.stride_x, plane, c.stride_x);
    }
    rows -= same;
    from += same * width;
    if (++cell_x == c.kernel_width) {
      cell_x = 0;
      cell_y++;
    }
  }
}

struct Sizes {
  int64_t filters;   // of a group
  int64_t channels;  // of a group
  int64_t k;         // cells of a filter
  int64_t pixels;    // of a result

  explicit Sizes(const volute_convolution& c)
      : filters(c.filters / c.groups),
        channels(c.channels / c.groups),
        k(channels * c.kernel_height * c.kernel_width),
        pixels(c.out_height * c.out_width) {}
};

double flops(const volute_convolution& c, const Sizes& s) {
  return 2.0 * static_cast<double>(c.batch * c.filters) * static_cast<double>(s.k * s.pixels);
}

static_assert(most_sliding_cells <= block_k, "packed filters have one block of cells");

// One block of pixels of one image and group, all its filters, with patches read where they lie.
void sliding_block(const volute_convolution& c, const Sizes& s, int64_t image, int64_t group, int64_t pixel,
                   int64_t pixels) {
  constexpr int64_t L = lanes<float>;
  constexpr int64_t groups_of_vector = ceil_div(L, sliding_group);
  const Partition heights(s.filters, tile_rows, 1);
  const Partition panels(pixels, sliding_vectors * L, maximum(L, sliding_group));
  int64_t cells[most_sliding_cells];
  Cell cell(c, 0);
  for (int64_t k = 0; k < s.k; k++, cell.next(c)) {
    cells[k] = (cell.channel * c.height + cell.y * c.dilation_y) * c.width + cell.x * c.dilation_x;
  }
  const Clamp clamp(static_cast<Activation>(c.activation));
  Epilogue<float> rest;
  rest.activation = clamp.rest;
  for (int64_t j = 0; j < panels.panels; j++) {
    const int64_t at = pixel + panels.start(j);
    const int64_t width = panels.size(j);
    // The last vector may take its last group again.
    int64_t groups[sliding_vectors * groups_of_vector];
    for (int64_t g = 0; g < ceil_div(width, L) * groups_of_vector; g++) {
      const int64_t first = at + minimum(g, width / sliding_group - 1) * sliding_group;
      groups[g] = first / c.out_width * c.stride_y * c.width + first % c.out_width;
    }
    for (int64_t i = 0; i < heights.panels; i++) {
      const int64_t top = group * s.filters + heights.start(i);
      float* const y = c.y + (image * c.filters + top) * s.pixels + at;
      sliding_product({s.k, cells, c.x + (image * c.channels + group * s.channels) * c.height * c.width, groups,
                       c.scratch + top * s.k, c.bias ? c.bias + top : nullptr, clamp.low, clamp.high, y,
                       s.pixels},
                      heights.size(i), width);
      finish(rest, 0, 0, heights.size(i), width, y, s.pixels);
    }
  }
}

// The same, with patches gathered.
void forward_block(const volute_convolution& c, const Sizes& s, int64_t image, int64_t group, int64_t pixel,
                   int64_t pixels) {
  float* const tile = static_cast<float*>(workspace());
  float* const b = tile + tile_elements<float>;
  const float* x = c.x + (image * c.channels + group * s.channels) * c.height * c.width;
  const float* packed = c.scratch + group * s.filters * s.k;
  float* y = c.y + (image * c.filters + group * s.filters) * s.pixels;
  const Partition heights(s.filters, tile_rows, 1);
  const Partition panels(pixels, tile_vectors(minimum(s.filters, int64_t{tile_rows})) * int64_t{lanes<float>},
                         lanes<float>);
  Epilogue<float> epilogue;
  epilogue.row_bias = c.bias ? c.bias + group * s.filters : nullptr;
  epilogue.activation = static_cast<Activation>(c.activation);
  for (int64_t j = 0; j < panels.panels; j++) {
    const int64_t at = pixel + panels.start(j);
    const int64_t width = panels.size(j);
    const int64_t padded = ceil_div(width, lanes<float>) * lanes<float>;
    const Segments segments(c, at, width);
    for (int64_t from = 0; from < s.k; from += block_k) {
      const int64_t depth = minimum(block_k, s.k - from);
      gather_columns(c, x, from, depth, segments, padded, b);
      for (int64_t i = 0; i < heights.panels; i++) {
        const int64_t top = heights.start(i);
        float* to = y + top * s.pixels + at;
        tile_product(depth, heights.size(i), width, packed + from * s.filters + top * depth, heights.size(i), b, padded,
                     to, s.pixels, from > 0, tile);
        if (from + depth == s.k) {
          finish(epilogue, top, int64_t{0}, heights.size(i), width, to, s.pixels);
        }
      }
    }
  }
}

// How the rows of columns of some channels are cut: into tiles as tall as panels of pixels are narrow.
Partition column_rows(const volute_convolution& c, const Sizes& s, int64_t channels) {
  const Partition panels(s.pixels, narrow, lanes<float>);
  const int64_t vectors = ceil_div(panels.units, maximum(panels.panels, int64_t{1}));
  return Partition(channels * c.kernel_height * c.kernel_width, tall_rows(vectors), 1);
}

// One block of channels of one image and group.
void input_gradient_block(const volute_convolution& c, const Sizes& s, int64_t image, int64_t group, int64_t channel,
                          int64_t channels) {
  constexpr int64_t deep = 512;
  float* const tile = static_cast<float*>(workspace());
  float* const columns = tile + tile_elements<float>;
  float* const b = columns + tile_elements<float>;
  const int64_t plane = c.height * c.width;
  float* dx = c.x + (image * c.channels + group * s.channels) * plane;
  const float* g = c.y + (image * c.filters + group * s.filters) * s.pixels;
  const float* packed = c.scratch + group * s.filters * s.k;
  std::memset(dx + channel * plane, 0, static_cast<size_t>(channels * plane) * sizeof(float));
  const int64_t first = channel * c.kernel_height * c.kernel_width;
  const Partition panels(s.pixels, narrow, lanes<float>);
  const Partition heights = column_rows(c, s, channels);
  for (int64_t j = 0; j < panels.panels; j++) {
    const int64_t at = panels.start(j);
    const int64_t width = panels.size(j);
    const int64_t padded = ceil_div(width, lanes<float>) * lanes<float>;
    const Segments segments(c, at, width);
    for (int64_t from = 0; from < s.filters; from += deep) {
      const int64_t depth = minimum(deep, s.filters - from);
      pack(depth, width, padded, g + from * s.pixels + at, s.pixels, int64_t{1}, b, 1.0f);
      for (int64_t i = 0; i < heights.panels; i++) {
        const int64_t top = heights.start(i);
        const float* a = packed + from * s.k + (first + top) * depth;
        tile_product(depth, heights.size(i), padded, a, heights.size(i), b, padded, columns, padded, false, tile);
        scatter_columns(c, dx + channel * plane, channels, top, heights.size(i), segments, padded, columns);
      }
    }
  }
}

// By patches.
void run_patches(Pool& pool, const volute_convolution& c) {
  const Sizes s(c);
  // Few images: blocks of pixels as small as a panel give work to more threads.
  int64_t largest = 10 * narrow;
  while (largest > narrow && c.batch * c.groups * ceil_div(s.pixels, largest) < 8) {
    largest -= narrow;
  }
  const Partition blocks(s.pixels, largest, narrow);
  pool.run(c.batch * c.groups * blocks.panels, flops(c, s) / 80, [&](int64_t part) {
    const int64_t block = part % blocks.panels;
    const int64_t rest = part / blocks.panels;
    (slides(c) ? sliding_block : forward_block)(c, s, rest / c.groups, rest % c.groups, blocks.start(block),
                                                blocks.size(block));
  });
}

void convolve(Pool& pool, const volute_convolution& c) {
  if (const int64_t tile = winograd_forward(c)) {
    run_winograd(pool,
                 {tile, c.batch, c.channels, c.height, c.width, c.filters, c.out_height, c.out_width, c.pad_y, c.pad_x, c.x,
                  c.y, c.x_last != 0, c.y_last != 0, c.residual},
                 c.scratch, c.bias, c.activation);
  } else if (depthwise(c)) {
    run_depthwise(pool, c);
  } else if (!pixel_rows_forward(c)) {
    run_patches(pool, c);
  } else if (c.x_last) {
    run_channel_rows(pool, c, false);
  } else {
    run_pixel_rows(pool, c, false);
  }
}

void sum_gradients(Pool& pool, const volute_convolution& c) {
  const Sizes s(c);
  if (const int64_t tile = winograd_input_gradient(c)) {
    // A convolution of the gradient with the filters turned round, padded to the image's size.
    pack_winograd(pool, tile, {c.w, 9, s.k, true}, c.channels, c.filters, c.scratch);
    run_winograd(pool,
                 {tile, c.batch, c.filters, c.out_height, c.out_width, c.channels, c.height, c.width, 2 - c.pad_y,
                  2 - c.pad_x, c.y, c.x, c.y_last != 0, c.x_last != 0, c.residual, c.result},
                 c.scratch, nullptr, VOLUTE_IDENTITY);
    return;
  }
  if (pixel_rows_input_gradient(c)) {
    pack_pixel_rows(c, true);
    (c.y_last ? run_channel_rows : run_pixel_rows)(pool, c, true);
    return;
  }
  const int64_t cells = c.kernel_height * c.kernel_width;
  int64_t channels = s.channels;
  while (channels > 4 && c.batch * c.groups * ceil_div(s.channels, channels) < 8) {
    channels = ceil_div(channels, 2);
  }
  const Partition blocks(s.channels, maximum(channels, int64_t{1}), 1);
  // The transposed filters in panels of their cells, as the blocks of channels cut them.
  constexpr int64_t deep = 512;
  for (int64_t group = 0; group < c.groups; group++) {
    const float* w = c.w + group * s.filters * s.k;
    float* to = c.scratch + group * s.filters * s.k;
    for (int64_t from = 0; from < s.filters; from += deep) {
      const int64_t depth = minimum(deep, s.filters - from);
      for (int64_t block = 0; block < blocks.panels; block++) {
        const Partition heights = column_rows(c, s, blocks.size(block));
        for (int64_t i = 0; i < heights.panels; i++) {
          const int64_t height = heights.size(i);
          float* panel = to + from * s.k + (blocks.start(block) * cells + heights.start(i)) * depth;
          for (int64_t row = 0; row < height; row++) {
            const int64_t channel = (heights.start(i) + row) % blocks.size(block);
            const int64_t cell = (heights.start(i) + row) / blocks.size(block);
            const float* source = w + from * s.k + (blocks.start(block) + channel) * cells + cell;
            for (int64_t p = 0; p < depth; p++) {
              panel[p * height + row] = source[p * s.k];
            }
          }
        }
      }
    }
  }
  pool.run(c.batch * c.groups * blocks.panels, flops(c, s) / 70, [&](int64_t part) {
    const int64_t block = part % blocks.panels;
    const int64_t rest = part / blocks.panels;
    input_gradient_block(c, s, rest / c.groups, rest % c.groups, blocks.start(block), blocks.size(block));
  });
}

}  // namespace

// The filters in panels, block after block of their cells.
int run_pack_filters(Pool& pool, volute_convolution& c) {
  const Sizes s(c);
  if (const int64_t tile = winograd_forward(c)) {
    pack_winograd(pool, tile, {c.w, s.k, 9, false}, c.filters, c.channels, c.scratch);
    return VOLUTE_OK;
  }
  if (depthwise(c)) {
    pack_depthwise(c);
    return VOLUTE_OK;
  }
  if (pixel_rows_forward(c)) {
    pack_pixel_rows(c, false);
    return VOLUTE_OK;
  }
  const Partition heights(s.filters, tile_rows, 1);
  for (int64_t group = 0; group < c.groups; group++) {
    const float* w = c.w + group * s.filters * s.k;
    float* to = c.scratch + group * s.filters * s.k;
    for (int64_t from = 0; from < s.k; from += block_k) {
      const int64_t depth = minimum(block_k, s.k - from);
      for (int64_t i = 0; i < heights.panels; i++) {
        const int64_t height = heights.size(i);
        pack(depth, height, height, w + heights.start(i) * s.k + from, int64_t{1}, s.k,
             to + from * s.filters + heights.start(i) * depth, 1.0f);
      }
    }
  }
  return VOLUTE_OK;
}

int run_convolution(Pool& pool, volute_convolution& c) {
  if (c.batch * c.filters * c.out_height * c.out_width == 0) {
    return VOLUTE_OK;
  }
  if (!c.packed) {
    run_pack_filters(pool, c);
  }
  if (ends_sums(c)) {
    convolve(pool, c);
  } else {
    convolve(pool, without_end(c));
    end_sums(pool, c);
  }
  return VOLUTE_OK;
}

int run_convolution_input_gradient(Pool& pool, volute_convolution& c) {
  if (c.batch * c.channels * c.height * c.width == 0) {
    return VOLUTE_OK;
  }
  if ((winograd_input_gradient(c) || pixel_rows_input_gradient(c)) && ends_gradients(c)) {
    sum_gradients(pool, c);
  } else {
    sum_gradients(pool, without_end(c));
    end_gradients(pool, c);
  }
  return VOLUTE_OK;
}

}  // namespace volute::VOLUTE_LEVEL
