// Convolutions forward, and their gradients to the image, by minimal filtering: see winograd.h.
//
// In exact arithmetic the result is that of the sum; in floats the transforms' cancellations cost accuracy. The tests hold
// the error below 4 (9 C + 2) 2^-24 of the largest sum of absolute products in the result, the bound that the conformance
// kit states. A NaN or an infinity spreads over the tiles whose 6 x 6 pieces it lies in.
#include "winograd.h"

#include "../pool.h"
#include "convolution.h"

namespace volute::VOLUTE_LEVEL {
namespace {

constexpr int64_t L = lanes<float>;

// Arrays of the 36 elements are set apart by one line of the cache more, lest all of them fall into one set.
constexpr int64_t apart = 16;

// Filters whose sums a block of tiles keeps at a time.
constexpr int64_t some_filters = 64;

// Rows of 4 * length + 2 pixels of all six rows' sums for a run of tiles, with zeros outside of the image.
void transform_columns(const Filtering& f, const TileRun& run, const float* plane, float* rows, int64_t row_stride) {
  const int64_t top = 4 * run.row - f.pad_y;
  const int64_t left = 4 * run.column - f.pad_x;
  const int64_t pixels = 4 * run.length + 4;
  const int64_t from = minimum(maximum(int64_t{0}, -left), pixels);
  const int64_t to = maximum(from, minimum(pixels, f.width - left));
  const float* line[6];
  bool whole = true;
  for (int64_t i = 0; i < 6; i++) {
    const bool inside = top + i >= 0 && top + i < f.height;
    line[i] = inside ? plane + (top + i) * f.width + left : nullptr;
    whole &= inside;
  }
  for (int64_t x = from; x < to; x += L) {
    f32v d[6], v[6];
    if (whole) {
#pragma GCC unroll 6
      for (int i = 0; i < 6; i++) {
        d[i] = load(line[i] + x);
      }
    } else {
#pragma GCC unroll 6
      for (int i = 0; i < 6; i++) {
        d[i] = line[i] ? load(line[i] + x) : f32v{};
      }
    }
    input_transform(d, v);
#pragma GCC unroll 6
    for (int i = 0; i < 6; i++) {
      store(rows + i * row_stride + x, v[i]);
    }
  }
  for (int64_t i = 0; i < 6; i++) {
    for (int64_t x = 0; x < from; x++) {
      rows[i * row_stride + x] = 0;
    }
    for (int64_t x = to; x < pixels; x++) {
      rows[i * row_stride + x] = 0;
    }
  }
}

// The results of one filter from the 36 sums of a block's tiles.
void transform_output(const float* m, int64_t stride, int64_t vectors, float* lines, int64_t line_stride) {
  for (int64_t g = 0; g < vectors; g++) {
    f32v half[4][6];
#pragma GCC unroll 6
    for (int j = 0; j < 6; j++) {
      f32v column[6], y[4];
#pragma GCC unroll 6
      for (int i = 0; i < 6; i++) {
        column[i] = load(m + (i * 6 + j) * stride + g * L);
      }
      output_transform(column, y);
#pragma GCC unroll 4
      for (int i = 0; i < 4; i++) {
        half[i][j] = y[i];
      }
    }
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++) {
      f32v y[4], pixels[4];
      output_transform(half[i], y);
      transpose_fours(y, pixels);
#pragma GCC unroll 4
      for (int q = 0; q < 4; q++) {
        store(lines + i * line_stride + (g * 4 + q) * L, pixels[q]);
      }
    }
  }
}

// How many tiles a block has, given what fits into the workspace.
int64_t block_tiles(const Filtering& f) {
  int64_t tiles = winograd_block;
  const int64_t capacity = workspace_bytes / static_cast<int64_t>(sizeof(float)) - tile_elements<float> - winograd_lines;
  while (tiles > 16 && 36 * ((f.channels + some_filters) * tiles + 2 * apart) > capacity) {
    tiles -= 16;
  }
  return tiles;
}

void filter_block(const Filtering& f, const float* packed, const Epilogue<float>& epilogue, int64_t from, int64_t tiles,
                  int64_t filter, int64_t filters) {
  const int64_t vectors = ceil_div(tiles, L);
  const int64_t width = vectors * L;
  const int64_t v_stride = f.channels * width + apart;
  const int64_t m_stride = minimum(filters, some_filters) * width + apart;
  float* const tile = static_cast<float*>(workspace());
  float* const lines = tile + tile_elements<float>;
  float* const v = lines + winograd_lines;
  float* const m = v + 36 * v_stride;
  const TileRuns runs(f, from, tiles);
  for (int64_t channel = 0; channel < f.channels; channel++) {
    transform_input(f, runs, channel, tiles, lines, v + channel * width, v_stride);
  }
  const int64_t u_stride = winograd_filter_stride(f.filters, f.channels);
  const Partition heights(f.filters, tile_rows, 1);
  const Partition panels(width, tile_vectors(tile_rows) * L, L);
  for (int64_t first = filter; first < filter + filters;) {
    // Whole panels of filters.
    int64_t panel = 0;
    while (heights.start(panel) < first) {
      panel++;
    }
    int64_t end = panel;
    while (end < heights.panels && heights.start(end + 1) <= minimum(filter + filters, first + some_filters)) {
      end++;
    }
    for (int64_t e = 0; e < 36; e++) {
      for (int64_t j = 0; j < panels.panels; j++) {
        for (int64_t i = panel; i < end; i++) {
          tile_product(f.channels, heights.size(i), panels.size(j),
                       packed + e * u_stride + heights.start(i) * f.channels, heights.size(i),
                       v + e * v_stride + panels.start(j), width,
                       m + e * m_stride + (heights.start(i) - first) * width + panels.start(j), width, false, tile);
        }
      }
    }
    const int64_t next = heights.start(end);
    for (int64_t o = first; o < next; o++) {
      transform_output(m + (o - first) * width, m_stride, vectors, lines, winograd_line);
      for (int64_t i = 0; i < 4; i++) {
        finish(epilogue, o, 0, 1, 4 * width, lines + i * winograd_line, 0);
      }
      for (int64_t r = 0; r < runs.count; r++) {
        const TileRun& run = runs.list[r];
        float* y = f.out + ((run.image * f.filters + o) * f.out_height + 4 * run.row) * f.out_width + 4 * run.column;
        const int64_t rows = minimum(int64_t{4}, f.out_height - 4 * run.row);
        const int64_t pixels = minimum(4 * run.length, f.out_width - 4 * run.column);
        for (int64_t i = 0; i < rows; i++) {
          copy_exactly(lines + i * winograd_line + 4 * run.at, y + i * f.out_width, pixels);
        }
      }
    }
    first = next;
  }
}

}  // namespace

void transform_input(const Filtering& f, const TileRuns& runs, int64_t channel, int64_t tiles, float* lines, float* v,
                     int64_t stride) {
  // Three sets of six rows: the sums of a run, then the tiles' own four pixels without gaps, and the four after them.
  float* const own = lines + 6 * winograd_line;
  float* const after = own + 6 * winograd_line;
  for (int64_t r = 0; r < runs.count; r++) {
    const TileRun& run = runs.list[r];
    transform_columns(f, run, f.in + (run.image * f.channels + channel) * f.height * f.width, lines, winograd_line);
    for (int64_t i = 0; i < 6; i++) {
      const float* from = lines + i * winograd_line;
      float* a = own + i * winograd_line + 4 * run.at;
      float* b = after + i * winograd_line + 4 * run.at;
      for (int64_t x = 0; x < 4 * run.length; x += L) {
        store(a + x, load(from + x));
        store(b + x, load(from + x + 4));
      }
    }
  }
  for (int64_t t = 0; t < tiles; t += L) {
#pragma GCC unroll 1
    for (int64_t i = 0; i < 6; i++) {
      f32v in[4], first[4], second[4];
      const float* a = own + i * winograd_line + 4 * t;
      const float* b = after + i * winograd_line + 4 * t;
#pragma GCC unroll 4
      for (int q = 0; q < 4; q++) {
        in[q] = load(a + q * L);
      }
      transpose_fours(in, first);
#pragma GCC unroll 4
      for (int q = 0; q < 4; q++) {
        in[q] = load(b + q * L);
      }
      transpose_fours(in, second);
      const f32v d[6] = {first[0], first[1], first[2], first[3], second[0], second[1]};
      f32v row[6];
      input_transform(d, row);
#pragma GCC unroll 6
      for (int j = 0; j < 6; j++) {
        store(v + (i * 6 + j) * stride + t, row[j]);
      }
    }
  }
}

void pack_winograd(Pool& pool, const FilterLayout& layout, int64_t filters, int64_t channels, float* to) {
  const int64_t stride = winograd_filter_stride(filters, channels);
  const Partition heights(filters, tile_rows, 1);
  pool.run(heights.panels, 5.0 * static_cast<double>(filters * channels), [&](int64_t i) {
    const int64_t height = heights.size(i);
    const float* w = layout.w + heights.start(i) * layout.filter;
    for (int64_t c = 0; c < channels; c++, w += layout.channel) {
      float cells[9][8] = {};
      for (int64_t o = 0; o < height; o++) {
        const float* each = w + o * layout.filter;
        for (int k = 0; k < 9; k++) {
          cells[k][o] = each[layout.turned ? 8 - k : k];
        }
      }
      Eight half[6][3];
      for (int j = 0; j < 3; j++) {
        Eight g[3], u[6];
        for (int k = 0; k < 3; k++) {
          std::memcpy(&g[k], cells[k * 3 + j], sizeof(Eight));
        }
        filter_transform(g[0], g[1], g[2], u);
        for (int k = 0; k < 6; k++) {
          half[k][j] = u[k];
        }
      }
      for (int k = 0; k < 6; k++) {
        Eight u[6];
        filter_transform(half[k][0], half[k][1], half[k][2], u);
        for (int j = 0; j < 6; j++) {
          std::memcpy(to + (k * 6 + j) * stride + heights.start(i) * channels + c * height, &u[j],
                      static_cast<size_t>(height) * sizeof(float));
        }
      }
    }
  });
}

void run_winograd(Pool& pool, const Filtering& f, const float* packed, const float* bias, int64_t activation) {
  Epilogue<float> epilogue;
  epilogue.row_bias = bias;
  epilogue.activation = static_cast<Activation>(activation);
  const Partition blocks(f.tiles(), block_tiles(f), L);
  // Few tiles: threads share the filters too, though each then transforms the tiles for itself. The cut depends on the
  // number of threads, the results do not.
  const int64_t shares = blocks.panels < pool.threads() ? minimum(ceil_div(int64_t{pool.threads()}, blocks.panels),
                                                                  ceil_div(f.filters, int64_t{32}))
                                                        : 1;
  const Partition panels(ceil_div(f.filters, int64_t{tile_rows}), ceil_div(ceil_div(f.filters, int64_t{tile_rows}), shares),
                         1);
  const Partition heights(f.filters, tile_rows, 1);
  const double products = 36.0 * static_cast<double>(f.tiles()) * static_cast<double>(f.filters * f.channels);
  pool.run(blocks.panels * panels.panels, products / 30, [&](int64_t part) {
    const int64_t block = part / panels.panels;
    const int64_t share = part % panels.panels;
    const int64_t first = heights.start(panels.start(share));
    filter_block(f, packed, epilogue, blocks.start(block), blocks.size(block), first,
                 heights.start(panels.start(share) + panels.size(share)) - first);
  });
}

}  // namespace volute::VOLUTE_LEVEL
