// Convolutions, and their gradients to the image, of what lies channels last, as products with pixels as rows and targets as
// columns. The channels of a pixel, and of the pixels that the cells of a row meet, lie side by side: rows of A are read
// where they lie. Only where cells reach beyond the image are its rows copied, with their padding.
#include "../pool.h"
#include "channel_lanes.h"
#include "pixel_tile.h"

namespace volute::VOLUTE_LEVEL {
namespace {

constexpr int64_t L = lanes<float>;

// Elements of an image that some lines of results are sums of, and of a block of filters: both in the second-level cache.
constexpr int64_t cached_image = int64_t{100} << 10;
constexpr int64_t cached_filters = int64_t{64} << 10;

static_assert(workspace_bytes / static_cast<int64_t>(sizeof(float)) >=
                  (some_pixels + L) * filter_panel + most_phase_elements + 16,
              "results and a padded image fit into the workspace");

// The results of a remainder as lines of pixels that are `pitch` elements of the image apart.
struct Lines {
  int64_t images, lines, length;
  int64_t pitch;
  bool in_place;

  explicit Lines(const PixelRows& p)
      : images(p.images), lines(p.rows()), length(p.columns()), pitch(p.stride_x * p.sources), in_place(p.inside()) {
    if (in_place && p.extent_y * p.extent_x * p.stride_y * p.stride_x * p.steps_y * p.steps_x == 1 && lines == p.height &&
        length == p.width) {
      // Where nothing lies between two lines, or images, they are one.
      length *= lines;
      lines = 1;
      if (p.last) {
        length *= images;
        images = 1;
      }
    }
  }
};

// Some lines, or pixels of a line, of each remainder of one image.
struct Part {
  int64_t image;
  int64_t line, lines;
  int64_t pixel, pixels;
};

// The image's rows for some lines of results, with padding.
void copy_padded(const PixelRows& p, const float* image, const Part& part, float* to) {
  const int64_t rows = p.padded_height(part.lines);
  const int64_t columns = p.padded_width();
  const Inside across = inside(-p.before_x, 1, p.width, columns);
  const int64_t before = across.from * p.sources;
  const int64_t within = (across.to - across.from) * p.sources;
  const int64_t after = columns * p.sources - before - within;
  const float* from = image + (across.from - p.before_x) * p.sources;
  for (int64_t i = 0; i < rows; i++, to += columns * p.sources) {
    const int64_t y = part.line * p.stride_y - p.before_y + i;
    if (y < 0 || y >= p.height) {
      std::memset(to, 0, static_cast<size_t>(columns * p.sources) * sizeof(float));
      continue;
    }
    std::memset(to, 0, static_cast<size_t>(before) * sizeof(float));
    std::memcpy(to + before, from + y * p.width * p.sources, static_cast<size_t>(within) * sizeof(float));
    std::memset(to + before + within, 0, static_cast<size_t>(after) * sizeof(float));
  }
}

// The terms of a remainder's sums: runs of cells whose channels lie side by side.
struct Runs {
  int64_t count = 0;
  int64_t k = 0;
  int64_t first = 0;  // cells of the remainders before
  int64_t starts[most_cells];

  // `row` elements lie between rows of the image.
  Runs(const volute_convolution& c, const PixelRows& p, int64_t step_y, int64_t step_x, int64_t row) {
    for (int64_t step = 0; step < step_y * p.steps_x + step_x; step++) {
      for_cells(c, p, step / p.steps_x, step % p.steps_x, [&](int64_t, int64_t, int64_t) { first++; });
    }
    // Cells meet the image in the same columns in each row: all runs are equally long.
    int64_t cells = 0;
    int64_t next = -1;
    for_cells(c, p, step_y, step_x, [&](int64_t, int64_t y, int64_t x) {
      const int64_t place = y * row + x * p.sources;
      if (place != next || x == 0) {
        starts[count++] = place;
      }
      next = place + p.sources;
      cells++;
    });
    k = count > 0 ? cells / count * p.sources : 0;
  }
};

// Lines of results in the order of memory.
struct Target {
  float* to;
  const float* residual;  // or null, and so is the result of the relu that gradients pass
  const float* result;
  int64_t pitch, line;  // from pixel to pixel, from line to line
  int64_t filters;      // that are stored
};

// A block of filters at a time, for all lines.
void sum_lines(const Runs& runs, const float* a, int64_t line, int64_t pitch, int64_t lines, int64_t length,
               const float* packed, int64_t width, const float* bias, Activation activation, const Target& target) {
  const int64_t most = maximum(int64_t{1}, cached_filters / width);
  // Results that no cell meets are zeros too.
  const Partition pieces(maximum(runs.k, int64_t{1}), most, 1);
  const int64_t count = maximum(runs.count, int64_t{1});
  const int64_t together = maximum(int64_t{1}, most / maximum(runs.k, int64_t{1}));
  for (int64_t run = 0; run < count; run += together) {
    const int64_t some = minimum(together, count - run);
    for (int64_t piece = 0; piece < pieces.panels; piece++) {
      const int64_t from = pieces.start(piece);
      const Depth depth(pieces.size(piece), minimum(some, runs.count), runs.starts + run);
      const bool first = run == 0 && piece == 0;
      const bool last = run + some == count && piece + 1 == pieces.panels;
      PixelTile tile(depth, packed + (run * runs.k + from) * width, width, target.to, target.pitch, target.filters);
      tile.start = first ? target.residual : target.to;
      tile.start_pitch = target.pitch;
      // Behind the block lies the next one, or the next panel.
      tile.ahead = tile.b + some * depth.k * width;
      tile.calls = lines;
      if (last) {
        tile.bias = bias;
        tile.activate(activation);
        tile.result = target.result;
      }
      for (int64_t y = 0; y < lines; y++) {
        tile.tiles += channel_products(tile, length, a + y * line + from, pitch);
        tile.c += target.line;
        tile.start = tile.start ? tile.start + target.line : nullptr;
        tile.result = tile.result ? tile.result + target.line : nullptr;
      }
    }
  }
}

// What one thread does for one part, and where.
struct Job {
  const volute_convolution& c;
  const PixelRows& p;
  const Lines& l;
  Part part;
  const float* a;  // of the part's first pixel
  int64_t row;     // elements from row to row there
  float* results;  // of pixels on their way to planes
};

// One panel of filters of one remainder of lines, `first` of the part's and as many as `lines`, in some columns of the
// image.
void filter_lines(const Job& job, int64_t panel, int64_t step_y, int64_t first, int64_t lines, int64_t column,
                  int64_t columns) {
  const PixelRows& p = job.p;
  const volute_convolution& c = job.c;
  const TargetPanels packed(p.targets, p.sources * c.kernel_height * c.kernel_width);
  const int64_t filter = packed.targets.start(panel);
  const int64_t filters = packed.targets.size(panel);
  const int64_t width = packed.width(panel);
  const Activation activation = p.gradient ? Activation::identity : static_cast<Activation>(c.activation);
  float bias[filter_panel] = {};
  if (!p.gradient && c.bias) {
    std::memcpy(bias, c.bias + filter, static_cast<size_t>(filters) * sizeof(float));
  }
  float* const out = p.gradient ? c.x : c.y;
  const int64_t plane = p.result_height * p.result_width;
  const int64_t line_pixels = p.steps_y * p.result_width;
  const int64_t in_image = (job.part.line + first) * line_pixels + step_y * p.result_width + column;
  const int64_t at = job.part.image * plane + in_image;
  Target target{job.results, nullptr, nullptr, width, columns * width, width};
  if (p.last) {
    const int64_t place = at * p.targets + filter;
    target = {out + place, c.residual ? c.residual + place : nullptr, c.result ? c.result + place : nullptr, p.targets,
              line_pixels * p.targets, filters};
  }
  for (int64_t step = 0; step < minimum(p.steps_x, columns); step++) {
    const Runs runs(c, p, step_y, step, job.row);
    Target own = target;
    own.to += step * target.pitch;
    own.residual = own.residual ? own.residual + step * target.pitch : nullptr;
    own.result = own.result ? own.result + step * target.pitch : nullptr;
    own.pitch *= p.steps_x;
    const float* a = job.a + first * p.stride_y * job.row + (column - job.part.pixel * p.steps_x) / p.steps_x * job.l.pitch;
    sum_lines(runs, a, p.stride_y * job.row, job.l.pitch, lines, ceil_div(columns - step, p.steps_x),
              c.scratch + packed.offset(panel) + runs.first * p.sources * width, width, bias, activation, own);
  }
  if (!PixelTile::applies(activation)) {
    Epilogue<float> rest;
    rest.activation = activation;
    for (int64_t y = 0; y < lines; y++) {
      finish(rest, 0, 0, columns, filters, target.to + y * target.line, target.pitch);
    }
  }
  for (int64_t v = 0; v < filters && !p.last; v += L) {
    lanes_to_channels(job.results + v, width, lines * columns, minimum(L, filters - v), plane,
                      out + (job.part.image * p.targets + filter + v) * plane + in_image);
  }
}

void filter_part(const volute_convolution& c, const PixelRows& p, const Lines& l, const Part& part, int64_t panel,
                 int64_t panels) {
  float* const results = static_cast<float*>(workspace());
  float* const padded = results + (some_pixels + L) * filter_panel;
  const float* image = (p.gradient ? c.y : c.x) + part.image * p.height * p.width * p.sources;
  Job job{c, p, l, part, image + part.line * p.stride_y * p.width * p.sources, p.width * p.sources, results};
  if (!l.in_place) {
    copy_padded(p, image, part, padded);
    job.a = padded;
    job.row = p.padded_width() * p.sources;
  }
  job.a += part.pixel * l.pitch;
  const int64_t begin = part.pixel * p.steps_x;
  // Without steps, a line may be a whole image, or all of them.
  const bool flat = l.lines == 1 && p.steps_y * p.steps_x == 1;
  const int64_t end = flat ? begin + part.pixels : minimum(begin + part.pixels * p.steps_x, p.result_width);
  // Results that go to planes are kept as long as they are few.
  const int64_t most = p.last ? ceil_div(end - begin, p.steps_x) * p.steps_x : some_pixels;
  const Partition across(end - begin, most, p.steps_x);
  const int64_t few = across.panels > 1 || p.steps_y > 1 ? 1 : maximum(int64_t{1}, some_pixels / (end - begin));
  const int64_t at_once = p.last ? part.lines : few;
  for (int64_t filters = panel; filters < panel + panels; filters++) {
    for (int64_t step = 0; step < p.steps_y; step++) {
      // The last line of the first remainders may have none beside it in the others.
      const int64_t lines =
          flat ? 1 : minimum(part.lines, ceil_div(p.result_height - step, p.steps_y) - part.line);
      for (int64_t line = 0; line < lines; line += at_once) {
        for (int64_t piece = 0; piece < across.panels; piece++) {
          filter_lines(job, filters, step, line, minimum(at_once, lines - line), begin + across.start(piece),
                       across.size(piece));
        }
      }
    }
  }
}

}  // namespace

void channel_rows(const volute_convolution& c) {
  const PixelRows p(c, false);
  const Lines l(p);
  const TargetPanels packed(p.targets, p.sources * c.kernel_height * c.kernel_width);
  filter_part(c, p, l, {0, 0, l.lines, 0, l.length}, 0, packed.targets.panels);
}

void run_channel_rows(Pool& pool, const volute_convolution& c, bool gradient) {
  const PixelRows p(c, gradient);
  const Lines l(p);
  const bool by_lines = l.lines > 1;
  const int64_t longest = by_lines ? l.lines : l.length;
  // Elements of the image for one line, or one pixel.
  const int64_t each = by_lines ? p.stride_y * p.width * p.sources : p.sources;
  int64_t size = maximum(int64_t{1}, cached_image / maximum(each, int64_t{1}));
  while (!l.in_place && by_lines && size > 1 && p.padded_pixels(size) * p.sources > most_phase_elements) {
    size = ceil_div(size, 2);
  }
  Partition cut(longest, minimum(size, longest), 1);
  const TargetPanels packed(p.targets, p.sources * c.kernel_height * c.kernel_width);
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
    filter_part(c, p, l, part, panels.start(share), panels.size(share));
  });
}

}  // namespace volute::VOLUTE_LEVEL
