// Forward convolutions as products with pixels as rows and filters as columns: results[pixel, filter] = sum over cells
// and channels of phases[channel, pixel + cell's place] * packed[cell, channel, filter]. Rows of A are read where they
// lie, so no patches are gathered, and it makes no difference how narrow the planes are.
#include "../pool.h"
#include "channel_lanes.h"

namespace volute::VOLUTE_LEVEL {
namespace {

constexpr int64_t L = lanes<float>;
constexpr int64_t most_cells = 256;

// Filters of a register tile.
constexpr int64_t tile_width = tile_vectors(tile_rows) * L;

// Pixels whose results are kept until they are stored.
constexpr int64_t some_pixels = 256;

struct Panels {
  Partition filters;
  int64_t k;  // terms of a sum

  explicit Panels(const volute_convolution& c)
      : filters(c.filters, filter_panel, 16),
        k(c.channels * c.kernel_height * c.kernel_width) {}

  int64_t width(int64_t panel) const { return ceil_div(filters.size(panel), 16) * 16; }
  int64_t offset(int64_t panel) const { return filters.start(panel) * k; }
};

static_assert(workspace_bytes / static_cast<int64_t>(sizeof(float)) >=
                  tile_elements<float> + (some_pixels + L) * filter_panel + most_phase_elements + 16,
              "results and phases fit into the workspace");

// The phases of one channel for rows of results from `first` on.
void cut_phases(const volute_convolution& c, const Phases& phases, int64_t first, const float* plane, float* to) {
  for (int64_t py = 0; py < phases.down; py++) {
    for (int64_t px = 0; px < phases.across; px++) {
      const int64_t left = px - c.pad_x;
      const Inside in = inside(left, c.stride_x, c.width, phases.pitch);
      for (int64_t row = 0; row < phases.rows; row++, to += phases.pitch) {
        const int64_t y = (first + row) * c.stride_y + py - c.pad_y;
        const bool outside = y < 0 || y >= c.height;
        const int64_t from = outside ? phases.pitch : in.from;
        const int64_t end = outside ? phases.pitch : in.to;
        for (int64_t x = 0; x < from; x++) {
          to[x] = 0;
        }
        if (!outside) {
          copy_strided(plane + y * c.width + left + from * c.stride_x, c.stride_x, to + from, end - from);
        }
        for (int64_t x = end; x < phases.pitch; x++) {
          to[x] = 0;
        }
      }
    }
  }
}

// Some rows of the results of one image.
struct Band {
  int64_t image;
  int64_t first, rows;
};

// Some panels of filters for one band.
void filter_panels(const volute_convolution& c, const Band& band, int64_t panel, int64_t panels) {
  const Phases phases(c, band.rows);
  const Panels packed(c);
  const int64_t cells = c.kernel_height * c.kernel_width;
  int64_t places[most_cells];
  for (int64_t k = 0; k < cells; k++) {
    const int64_t y = k / c.kernel_width * c.dilation_y;
    const int64_t x = k % c.kernel_width * c.dilation_x;
    places[k] = (y % c.stride_y * phases.across + x % c.stride_x) * phases.rows * phases.pitch +
                y / c.stride_y * phases.pitch + x / c.stride_x;
  }
  float* const tile = static_cast<float*>(workspace());
  float* const results = tile + tile_elements<float>;
  float* const cut = results + (some_pixels + L) * filter_panel;
  const float* x = c.x + band.image * c.channels * c.height * c.width;
  if (phases.in_place) {
    x += band.first * phases.pitch;
  } else {
    for (int64_t channel = 0; channel < c.channels; channel++) {
      cut_phases(c, phases, band.first, x + channel * c.height * c.width, cut + channel * phases.plane);
    }
    x = cut;
  }
  // Where nothing lies between two rows, they are one.
  const bool flat = phases.pitch == c.out_width;
  const int64_t lines = flat ? 1 : band.rows;
  const int64_t length = flat ? band.rows * c.out_width : c.out_width;
  const int64_t out_plane = c.out_height * c.out_width;
  const Depth depth(c.channels, cells, places);
  const Partition across(length, some_pixels, tile_rows);
  const int64_t lines_at_once = across.panels > 1 ? 1 : maximum(int64_t{1}, some_pixels / length);
  Epilogue<float> epilogue;
  epilogue.column_bias = c.bias;
  epilogue.activation = static_cast<Activation>(c.activation);
  for (int64_t p = panel; p < panel + panels; p++) {
    const int64_t filter = packed.filters.start(p);
    const int64_t filters = packed.filters.size(p);
    const int64_t width = packed.width(p);
    float* const out = c.y + (band.image * c.filters + filter) * out_plane + band.first * c.out_width;
    for (int64_t line = 0; line < lines; line += lines_at_once) {
      const int64_t some = minimum(lines_at_once, lines - line);
      for (int64_t piece = 0; piece < across.panels; piece++) {
        const Partition rows(across.size(piece), tile_rows, 1);
        for (int64_t y = 0; y < some; y++) {
          for (int64_t i = 0; i < rows.panels; i++) {
            const int64_t at = across.start(piece) + rows.start(i);
            float* const to = results + (y * rows.length + rows.start(i)) * width;
            for (int64_t v = 0; v < width; v += tile_width) {
              tile_product(depth, rows.size(i), minimum(tile_width, width - v), x + (line + y) * phases.pitch + at,
                           phases.plane, c.scratch + packed.offset(p) + v, width, to + v, width, false, tile);
            }
          }
        }
        const int64_t pixels = some * rows.length;
        finish(epilogue, 0, filter, pixels, filters, results, width);
        for (int64_t v = 0; v < filters; v += L) {
          lanes_to_channels(results + v, width, pixels, minimum(L, filters - v), out_plane,
                            out + v * out_plane + line * length + across.start(piece));
        }
      }
    }
  }
}

}  // namespace

void pack_pixel_rows(const volute_convolution& c) {
  const Panels packed(c);
  const int64_t cells = c.kernel_height * c.kernel_width;
  for (int64_t p = 0; p < packed.filters.panels; p++) {
    const float* w = c.w + packed.filters.start(p) * packed.k;
    float* to = c.scratch + packed.offset(p);
    const int64_t width = packed.width(p);
    for (int64_t cell = 0; cell < cells; cell++) {
      pack(c.channels, packed.filters.size(p), width, w + cell, cells, packed.k, to + cell * c.channels * width, 1.0f);
    }
  }
}

void run_pixel_rows(Pool& pool, const volute_convolution& c) {
  const Panels packed(c);
  // Few images: threads share the filters, though each then cuts the image for itself, or the rows, though each then
  // reads all filters. The results do not depend on the number of threads.
  const int64_t shares = ceil_div(int64_t{pool.threads()}, c.batch);
  const bool by_filters = packed.filters.panels % shares == 0 || packed.filters.panels >= 4 * shares;
  const Partition panels(packed.filters.panels, by_filters ? ceil_div(packed.filters.panels, shares) : packed.filters.panels,
                         1);
  int64_t rows = by_filters ? c.out_height : ceil_div(c.out_height, shares);
  for (Phases phases(c, rows); !phases.in_place && c.channels * phases.plane > most_phase_elements;) {
    rows = ceil_div(rows, 2);
    phases = Phases(c, rows);
  }
  const Partition bands(c.out_height, rows, 1);
  const double products = static_cast<double>(c.batch * c.filters * c.out_height * c.out_width) *
                          static_cast<double>(packed.k);
  pool.run(c.batch * bands.panels * panels.panels, products / 40, [&](int64_t part) {
    const int64_t share = part % panels.panels;
    const int64_t rest = part / panels.panels;
    const int64_t band = rest % bands.panels;
    filter_panels(c, {rest / bands.panels, bands.start(band), bands.size(band)}, panels.start(share), panels.size(share));
  });
}

}  // namespace volute::VOLUTE_LEVEL
