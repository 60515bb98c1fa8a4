// Convolutions of images that lie channels last, as products with pixels as rows and filters as columns. The channels of a
// pixel, and of the pixels that the cells of a row meet, lie side by side: rows of A are read where they lie. Only where
// cells reach beyond the image are its rows copied, with their padding.
#include "../pool.h"
#include "channel_lanes.h"
#include "pixel_tile.h"

namespace volute::VOLUTE_LEVEL {
namespace {

constexpr int64_t L = lanes<float>;
constexpr int64_t most_cells = 256;

// Elements of an image that some lines of results are sums of, and of a block of filters: both in the second-level cache.
constexpr int64_t cached_image = int64_t{100} << 10;
constexpr int64_t cached_filters = int64_t{64} << 10;

static_assert(workspace_bytes / static_cast<int64_t>(sizeof(float)) >=
                  (some_pixels + L) * filter_panel + most_phase_elements + 16,
              "results and a padded image fit into the workspace");

// The results as lines of pixels that are `pitch` elements of the image apart.
struct Lines {
  int64_t images, lines, length;
  int64_t pitch;
  int64_t line;  // elements from line to line where the image is read in place
  bool in_place;

  explicit Lines(const volute_convolution& c)
      : images(c.batch),
        lines(c.out_height),
        length(c.out_width),
        pitch(c.stride_x * c.channels),
        line(c.stride_y * c.width * c.channels),
        in_place(channel_rows_in_place(c)) {
    if (c.kernel_height * c.kernel_width == 1 && c.stride_y == 1 && c.stride_x == 1 && in_place &&
        lines == c.height && length == c.width) {
      // Where nothing lies between two lines, or images, they are one.
      length *= lines;
      lines = 1;
      if (c.y_last) {
        length *= images;
        images = 1;
      }
    }
  }
};

// Some lines, or pixels of a line, of one image.
struct Part {
  int64_t image;
  int64_t line, lines;
  int64_t pixel, pixels;
};

// The image's rows for some lines of results, with padding.
void copy_padded(const volute_convolution& c, const Part& part, float* to) {
  const int64_t rows = padded_height(c, part.lines);
  const int64_t columns = padded_width(c);
  const int64_t before = minimum(c.pad_x, columns) * c.channels;
  const int64_t inside = maximum(int64_t{0}, minimum(c.width, columns - c.pad_x)) * c.channels;
  const int64_t after = columns * c.channels - before - inside;
  const float* image = c.x + part.image * c.height * c.width * c.channels;
  for (int64_t i = 0; i < rows; i++, to += columns * c.channels) {
    const int64_t y = part.line * c.stride_y - c.pad_y + i;
    if (y < 0 || y >= c.height) {
      std::memset(to, 0, static_cast<size_t>(columns * c.channels) * sizeof(float));
      continue;
    }
    std::memset(to, 0, static_cast<size_t>(before) * sizeof(float));
    std::memcpy(to + before, image + y * c.width * c.channels, static_cast<size_t>(inside) * sizeof(float));
    std::memset(to + before + inside, 0, static_cast<size_t>(after) * sizeof(float));
  }
}

// The terms of a sum: runs of cells whose channels lie side by side.
struct Runs {
  int64_t count, k;
  int64_t starts[most_cells];

  Runs(const volute_convolution& c, int64_t row) {
    const bool joined = c.dilation_x == 1 || c.kernel_width == 1;
    const int64_t across = joined ? 1 : c.kernel_width;
    count = c.kernel_height * across;
    k = c.channels * c.kernel_width / across;
    for (int64_t i = 0; i < count; i++) {
      starts[i] = i / across * c.dilation_y * row + i % across * c.dilation_x * c.channels;
    }
  }
};

// Lines of results in the order of memory: `count` of them, `length` pixels each.
struct Target {
  float* to;
  const float* residual;
  int64_t pitch;    // from pixel to pixel
  int64_t filters;  // that are stored
};

// A block of filters at a time, for all lines.
void sum_lines(const volute_convolution& c, const Runs& runs, const float* a, int64_t row, int64_t pitch, int64_t lines,
               int64_t length, const float* packed, int64_t width, const float* bias, const Target& target) {
  const int64_t most = maximum(int64_t{1}, cached_filters / width);
  const Partition pieces(runs.k, most, 1);
  const int64_t together = maximum(int64_t{1}, most / maximum(runs.k, int64_t{1}));
  for (int64_t run = 0; run < runs.count; run += together) {
    const int64_t some = minimum(together, runs.count - run);
    for (int64_t piece = 0; piece < pieces.panels; piece++) {
      const int64_t from = pieces.start(piece);
      const Depth depth(pieces.size(piece), some, runs.starts + run);
      const bool first = run == 0 && piece == 0;
      const bool last = run + some == runs.count && piece + 1 == pieces.panels;
      PixelTile tile(depth, packed + (run * runs.k + from) * width, width, target.to, target.pitch, target.filters);
      tile.start = first ? target.residual : target.to;
      tile.start_pitch = target.pitch;
      // Behind the block lies the next one, or the next panel.
      tile.ahead = tile.b + some * depth.k * width;
      if (last) {
        tile.bias = bias;
        tile.activate(static_cast<Activation>(c.activation));
      }
      for (int64_t y = 0; y < lines; y++) {
        tile.tiles += channel_products(tile, length, a + y * c.stride_y * row + from, pitch);
        tile.c += length * target.pitch;
        tile.start = tile.start ? tile.start + length * target.pitch : nullptr;
      }
    }
  }
}

void filter_part(const volute_convolution& c, const Lines& l, const Part& part, int64_t panel, int64_t panels) {
  const TargetPanels packed(c.filters, c.channels * c.kernel_height * c.kernel_width);
  float* const results = static_cast<float*>(workspace());
  float* const padded = results + (some_pixels + L) * filter_panel;
  const int64_t row = (l.in_place ? c.width : padded_width(c)) * c.channels;
  const float* a = c.x + (part.image * c.height + part.line * c.stride_y) * c.width * c.channels + part.pixel * l.pitch;
  if (!l.in_place) {
    copy_padded(c, part, padded);
    a = padded + part.pixel * l.pitch;
  }
  const Runs runs(c, row);
  const int64_t plane = c.out_height * c.out_width;
  const int64_t begin = part.image * l.lines * l.length + part.line * l.length + part.pixel;
  // Results that go to planes are kept as long as they are few.
  const Partition across(part.pixels, c.y_last ? part.pixels : some_pixels, 1);
  const int64_t at_once = c.y_last ? part.lines : across.panels > 1 ? 1 : maximum(int64_t{1}, some_pixels / part.pixels);
  Epilogue<float> rest;
  rest.activation = static_cast<Activation>(c.activation);
  const bool applied = PixelTile::applies(rest.activation);
  for (int64_t p = panel; p < panel + panels; p++) {
    const int64_t filter = packed.targets.start(p);
    const int64_t filters = packed.targets.size(p);
    const int64_t width = packed.width(p);
    float bias[filter_panel] = {};
    if (c.bias) {
      std::memcpy(bias, c.bias + filter, static_cast<size_t>(filters) * sizeof(float));
    }
    for (int64_t line = 0; line < part.lines; line += at_once) {
      const int64_t lines = minimum(at_once, part.lines - line);
      for (int64_t piece = 0; piece < across.panels; piece++) {
        const int64_t start = across.start(piece);
        const int64_t pixels = across.size(piece);
        const int64_t at = begin + line * l.length + start;
        Target target{results, nullptr, width, width};
        if (c.y_last) {
          target = {c.y + at * c.filters + filter,
                    adds_residual(c) ? c.residual + at * c.filters + filter : nullptr, c.filters, filters};
        }
        sum_lines(c, runs, a + line * c.stride_y * row + start * l.pitch, row, l.pitch, lines, pixels,
                  c.scratch + packed.offset(p), width, bias, target);
        if (!applied) {
          finish(rest, 0, 0, lines * pixels, filters, target.to, target.pitch);
        }
        for (int64_t v = 0; v < filters && !c.y_last; v += L) {
          lanes_to_channels(results + v, width, lines * pixels, minimum(L, filters - v), plane,
                            c.y + (part.image * (c.filters - 1) + filter + v) * plane + at);
        }
      }
    }
  }
}

}  // namespace

void run_channel_rows(Pool& pool, const volute_convolution& c) {
  const Lines l(c);
  const bool by_lines = l.lines > 1;
  const int64_t longest = by_lines ? l.lines : l.length;
  // Elements of the image for one line, or one pixel.
  const int64_t each = by_lines ? c.stride_y * c.width * c.channels : c.channels;
  int64_t size = maximum(int64_t{1}, cached_image / maximum(each, int64_t{1}));
  while (!l.in_place && by_lines && size > 1 && padded_pixels(c, size) * c.channels > most_phase_elements) {
    size = ceil_div(size, 2);
  }
  Partition cut(longest, minimum(size, longest), 1);
  const TargetPanels packed(c.filters, c.channels * c.kernel_height * c.kernel_width);
  // Threads share lines; where these are few, and filters many, they share the filters too. The results do not depend on
  // the number of threads.
  const int64_t threads = pool.threads();
  int64_t shares = 1;
  if (l.images * cut.panels < 4 * threads && l.images * cut.panels % threads != 0) {
    const bool many = packed.targets.panels % threads == 0 || packed.targets.panels >= 4 * threads;
    shares = many ? minimum(packed.targets.panels, threads) : 1;
    if (!many) {
      cut = Partition(longest, ceil_div(longest, ceil_div(cut.panels, threads) * threads), 1);
    }
  }
  const Partition panels(packed.targets.panels, ceil_div(packed.targets.panels, shares), 1);
  const double products = static_cast<double>(c.batch * c.filters * c.out_height * c.out_width) *
                          static_cast<double>(c.channels * c.kernel_height * c.kernel_width);
  pool.run(l.images * cut.panels * panels.panels, products / 60, [&](int64_t number) {
    const int64_t share = number % panels.panels;
    const int64_t rest = number / panels.panels;
    const int64_t from = cut.start(rest % cut.panels);
    const int64_t some = cut.size(rest % cut.panels);
    const int64_t image = rest / cut.panels;
    const Part part = by_lines ? Part{image, from, some, 0, l.length} : Part{image, 0, 1, from, some};
    filter_part(c, l, part, panels.start(share), panels.size(share));
  });
}

}  // namespace volute::VOLUTE_LEVEL
