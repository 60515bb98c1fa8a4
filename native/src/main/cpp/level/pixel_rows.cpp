// Convolutions and their gradients to the image as products with pixels as rows and target planes as columns:
// results[pixel, target] = sum over cells and sources of phases[source, pixel + cell's place] * packed[cell, source,
// target]. Rows of A are read where they lie, so no patches are gathered, and it makes no difference how narrow the planes
// are.
#include "../pool.h"
#include "channel_lanes.h"
#include "few_targets.h"
#include "pixel_tile.h"

namespace volute::VOLUTE_LEVEL {
namespace {

constexpr int64_t L = lanes<float>;

static_assert(workspace_bytes / static_cast<int64_t>(sizeof(float)) >=
                  (some_pixels + L) * filter_panel + most_phase_elements + 16,
              "results and phases fit into the workspace");

// Of the sums of all remainders.
int64_t terms(const volute_convolution& c, const PixelRows& rows) {
  return rows.sources * c.kernel_height * c.kernel_width;
}

// The phases of one plane for rows of results from `first` on.
void cut_phases(const PixelRows& p, const Phases& phases, int64_t first, const float* plane, float* to) {
  for (int64_t py = 0; py < phases.down; py++) {
    for (int64_t px = 0; px < phases.across; px++) {
      const int64_t left = px - p.before_x;
      const Inside in = inside(left, p.stride_x, p.width, phases.pitch);
      for (int64_t row = 0; row < phases.rows; row++, to += phases.pitch) {
        const int64_t y = (first + row) * p.stride_y + py - p.before_y;
        const bool outside = y < 0 || y >= p.height;
        const int64_t from = outside ? phases.pitch : in.from;
        const int64_t end = outside ? phases.pitch : in.to;
        for (int64_t x = 0; x < from; x++) {
          to[x] = 0;
        }
        if (!outside) {
          copy_strided(plane + y * p.width + left + from * p.stride_x, p.stride_x, to + from, end - from);
        }
        for (int64_t x = end; x < phases.pitch; x++) {
          to[x] = 0;
        }
      }
    }
  }
}

// Where the cells of all remainders lie, those of one after the other.
struct Cells {
  int64_t places[most_cells];
  int64_t starts[most_cells + 1];  // by remainder

  Cells(const volute_convolution& c, const PixelRows& rows, const Phases& phases) {
    int64_t n = 0;
    for (int64_t step = 0; step < rows.steps_y * rows.steps_x; step++) {
      starts[step] = n;
      for_cells(c, rows, step / rows.steps_x, step % rows.steps_x, [&](int64_t, int64_t y, int64_t x) {
        places[n++] = (y % rows.stride_y * phases.across + x % rows.stride_x) * phases.rows * phases.pitch +
                      y / rows.stride_y * phases.pitch + x / rows.stride_x;
      });
    }
    starts[rows.steps_y * rows.steps_x] = n;
  }
};

// Some rows of the results of one image, of each remainder.
struct Band {
  int64_t image;
  int64_t first, rows;
};

// Some panels of targets for one band; behind the last one, that of the few targets which are left.
void target_panels(const volute_convolution& c, const PixelRows& rows, const Band& band, int64_t panel,
                   int64_t panels) {
  const Phases phases(rows, band.rows);
  const TargetPanels packed(rows.whole(), terms(c, rows));
  const Cells cells(c, rows, phases);
  float* const results = static_cast<float*>(workspace());
  float* const cut = results + (some_pixels + L) * filter_panel;
  const float* in = (rows.gradient ? c.y : c.x) + band.image * rows.sources * rows.height * rows.width;
  if (phases.in_place) {
    in += band.first * phases.pitch;
  } else {
    for (int64_t source = 0; source < rows.sources; source++) {
      cut_phases(rows, phases, band.first, in + source * rows.height * rows.width, cut + source * phases.plane);
    }
    in = cut;
  }
  // Where nothing lies between two rows, they are one.
  const bool flat = phases.pitch == rows.result_width && rows.steps_y == 1 && rows.steps_x == 1;
  const int64_t first = band.first * rows.steps_y;
  const int64_t band_lines = minimum(band.rows * rows.steps_y, rows.result_height - first);
  const int64_t lines = flat ? 1 : band_lines;
  const int64_t length = flat ? band_lines * rows.result_width : rows.result_width;
  const int64_t out_plane = rows.result_height * rows.result_width;
  const Partition across(length, some_pixels, tile_rows * rows.steps_x);
  const int64_t lines_at_once = across.panels > 1 ? 1 : maximum(int64_t{1}, some_pixels / length);
  Epilogue<float> rest;
  rest.activation = rows.gradient ? Activation::identity : static_cast<Activation>(c.activation);
  const bool applied = PixelTile::applies(rest.activation);
  float* const out = rows.gradient ? c.x : c.y;
  for (int64_t p = panel; p < panel + panels; p++) {
    if (p == packed.targets.panels) {
      const int64_t whole = rows.whole();
      sum_few_targets({{rows.sources, cells.starts[1], cells.places}, c.scratch + whole * packed.k,
                       !rows.gradient && c.bias ? c.bias + whole : nullptr, rest.activation, rows.few, rows.few_pixels,
                       in, phases.pitch, phases.plane,
                       out + (band.image * rows.targets + whole) * out_plane + first * rows.result_width, band_lines,
                       rows.result_width, rows.result_width, out_plane});
      continue;
    }
    const int64_t target = packed.targets.start(p);
    const int64_t targets = packed.targets.size(p);
    const int64_t width = packed.width(p);
    float bias[filter_panel] = {};
    if (!rows.gradient && c.bias) {
      std::memcpy(bias, c.bias + target, static_cast<size_t>(targets) * sizeof(float));
    }
    const int64_t pixel = band.image * out_plane + first * rows.result_width;
    for (int64_t line = 0; line < lines; line += lines_at_once) {
      const int64_t some = minimum(lines_at_once, lines - line);
      for (int64_t piece = 0; piece < across.panels; piece++) {
        const int64_t start = across.start(piece);
        const int64_t size = across.size(piece);
        const int64_t at = pixel + line * length + start;
        // Channels last, results go where they belong.
        float* const to = rows.last ? out + at * rows.targets + target : results;
        const int64_t to_pitch = rows.last ? rows.targets : width;
        for (int64_t y = 0; y < some; y++) {
          for (int64_t step = 0; step < minimum(rows.steps_x, size); step++) {
            const int64_t remainder = (line + y) % rows.steps_y * rows.steps_x + step;
            const int64_t from = cells.starts[remainder];
            const Depth depth(rows.sources, cells.starts[remainder + 1] - from, cells.places + from);
            const int64_t place = (y * size + step) * to_pitch;
            PixelTile tile(depth, c.scratch + packed.offset(p) + from * rows.sources * width, width, to + place,
                           rows.steps_x * to_pitch, rows.last ? targets : width);
            tile.bias = bias;
            tile.activate(rest.activation);
            if (c.residual) {
              tile.start = c.residual + at * rows.targets + target + place;
              tile.start_pitch = tile.ldc;
            }
            tile.result = c.result ? c.result + at * rows.targets + target + place : nullptr;
            plane_products(tile, ceil_div(size - step, rows.steps_x),
                           in + (line + y) / rows.steps_y * phases.pitch + start / rows.steps_x, phases.plane);
          }
        }
        const int64_t pixels = some * size;
        if (!applied) {
          finish(rest, 0, 0, pixels, targets, to, to_pitch);
        }
        for (int64_t v = 0; v < targets && !rows.last; v += L) {
          lanes_to_channels(results + v, width, pixels, minimum(L, targets - v), out_plane,
                            out + (band.image * (rows.targets - 1) + target + v) * out_plane + at);
        }
      }
    }
  }
}

}  // namespace

void pack_pixel_rows(const volute_convolution& c, bool gradient) {
  const PixelRows rows(c, gradient);
  const TargetPanels packed(rows.whole(), terms(c, rows));
  const int64_t cells = c.kernel_height * c.kernel_width;
  const int64_t filter = c.channels * cells;
  const int64_t source_stride = gradient ? filter : cells;
  const int64_t target_stride = gradient ? cells : filter;
  for (int64_t p = 0; p < packed.targets.panels; p++) {
    const float* w = c.w + packed.targets.start(p) * target_stride;
    float* to = c.scratch + packed.offset(p);
    const int64_t width = packed.width(p);
    for (int64_t step = 0; step < rows.steps_y * rows.steps_x; step++) {
      for_cells(c, rows, step / rows.steps_x, step % rows.steps_x, [&](int64_t cell, int64_t, int64_t) {
        pack(rows.sources, packed.targets.size(p), width, w + cell, source_stride, target_stride, to, 1.0f);
        to += rows.sources * width;
      });
    }
  }
  if (rows.few > 0) {
    float* to = c.scratch + rows.whole() * packed.k;
    for_cells(c, rows, 0, 0, [&](int64_t cell, int64_t, int64_t) {
      for (int64_t source = 0; source < rows.sources; source++, to += packed_lanes) {
        for (int64_t i = 0; i < packed_lanes; i++) {
          const int64_t few = i / rows.few_pixels;
          to[i] = few < rows.few ? c.w[(rows.whole() + few) * target_stride + source * source_stride + cell] : 0.0f;
        }
      }
    });
  }
}

void run_pixel_rows(Pool& pool, const volute_convolution& c, bool gradient) {
  const PixelRows p(c, gradient);
  const int64_t whole = TargetPanels(p.whole(), terms(c, p)).targets.panels;
  const int64_t all = whole + (p.few > 0 ? 1 : 0);
  // Few images: threads share the targets, though each then cuts the image for itself, or the rows, though each then
  // reads all filters. The results do not depend on the number of threads.
  const int64_t shares = ceil_div(int64_t{pool.threads()}, c.batch);
  const bool by_targets = whole > 0 && (whole % shares == 0 || whole >= 4 * shares);
  const Partition panels(all, by_targets ? ceil_div(all, shares) : all, 1);
  int64_t rows = by_targets ? p.rows() : ceil_div(p.rows(), shares);
  for (Phases phases(p, rows); !phases.in_place && p.sources * phases.plane > most_phase_elements;) {
    rows = ceil_div(rows, 2);
    phases = Phases(p, rows);
  }
  const Partition bands(p.rows(), rows, 1);
  const double products = static_cast<double>(c.batch * c.filters * c.out_height * c.out_width) *
                          static_cast<double>(c.channels * c.kernel_height * c.kernel_width);
  pool.run(c.batch * bands.panels * panels.panels, products / 40, [&](int64_t part) {
    const int64_t share = part % panels.panels;
    const int64_t rest = part / panels.panels;
    const int64_t band = rest % bands.panels;
    target_panels(c, p, {rest / bands.panels, bands.start(band), bands.size(band)}, panels.start(share),
                  panels.size(share));
  });
}

}  // namespace volute::VOLUTE_LEVEL
