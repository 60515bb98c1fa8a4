// The gradient of a convolution to its filters: dw[filter, channel, cell] = sum over images and pixels of
// x[channel, pixel + cell's place] g[filter, pixel]. With the channels of a pixel side by side, the cells of a row of a
// filter are neighbours too: products read them where they lie, so no patches are gathered.
#include "../pool.h"
#include "convolution.h"
#include "transpose.h"
#include "winograd.h"

namespace volute::VOLUTE_LEVEL {
namespace {

constexpr int64_t L = lanes<float>;
constexpr int64_t most_lines = 256;

// Elements of the image and the gradient that are laid out at a time, unless single pixels take more, and their pixels.
constexpr int64_t most_laid_out = int64_t{96} << 10;
constexpr int64_t most_pixels = 512;

struct Job {
  int64_t group;
  int64_t channel, channels;  // in the group
  int64_t image, images;
  float* sums;  // [cells, channels, filters rounded up to whole vectors]
};

// The results of some images in some rows and columns.
struct Area {
  int64_t image, images;
  int64_t row, rows;
  int64_t column, columns;

  int64_t lines() const { return images * rows; }
  int64_t pixels() const { return lines() * columns; }
};

// Where the pixels lie that an area's patches take, with their padding written out.
struct Layout {
  int64_t rows;   // of an image
  int64_t pitch;  // pixels of a row
  bool whole;     // rows are the image's own

  Layout(const volute_convolution& c, const Area& area)
      : rows((area.rows - 1) * c.stride_y + (c.kernel_height - 1) * c.dilation_y + 1),
        pitch((area.columns - 1) * c.stride_x + (c.kernel_width - 1) * c.dilation_x + 1),
        whole(pitch == c.width && c.pad_x == 0) {}
};

// Some channels of images, or of gradients.
struct Pixels {
  const float* data;
  int64_t pixel, channel;  // elements from one to the next

  // In images that lie channels last, or as planes.
  Pixels(const float* images, int64_t all, int64_t plane, int64_t image, int64_t first, bool last)
      : data(images + image * all * plane + first * (last ? 1 : plane)), pixel(last ? all : 1), channel(last ? 1 : plane) {}

  // Copies pixels to where their channels are neighbours, with zeros up to `width`. Writes up to 8 elements more.
  void together(int64_t from, int64_t pixels, int64_t channels, int64_t width, float* to) const {
    const float* const first = data + from * pixel;
    if (channels == width && pixel == channels && channel == 1) {
      std::memcpy(to, first, static_cast<size_t>(pixels * width) * sizeof(float));
    } else if (width == 1 && pixel == 1) {
      copy_run(first, to, pixels);
    } else {
      pack(pixels, channels, width, first, pixel, channel, to, 1.0f);
    }
  }
};

void lay_out(const volute_convolution& c, const Job& job, const Area& area, const Layout& layout, float* to) {
  const int64_t plane = c.height * c.width;
  const int64_t length = layout.pitch * job.channels;
  const int64_t left = area.column * c.stride_x - c.pad_x;
  const Inside across = inside(left, 1, c.width, layout.pitch);
  const int64_t top = area.row * c.stride_y - c.pad_y;
  const Inside down = inside(top, 1, c.height, layout.rows);
  const int64_t extent = (c.kernel_height - 1) * c.dilation_y + 1;
  for (int64_t image = area.image; image < area.image + area.images; image++, to += layout.rows * length) {
    const Pixels x(c.x, c.channels, plane, image, job.group * (c.channels / c.groups) + job.channel, c.x_last != 0);
    const int64_t corner = top * c.width + left;
    std::memset(to, 0, static_cast<size_t>(down.from * length) * sizeof(float));
    if (layout.whole && (c.stride_y == 1 || extent >= c.stride_y)) {
      x.together(corner + down.from * c.width, (down.to - down.from) * c.width, job.channels, job.channels,
                 to + down.from * length);
    } else {
      for (int64_t y = down.from; y < down.to; y++) {
        if (y % c.stride_y >= extent) {
          continue;  // no cell meets it
        }
        float* row = to + y * length;
        std::memset(row, 0, static_cast<size_t>(across.from * job.channels) * sizeof(float));
        x.together(corner + y * c.width + across.from, across.to - across.from, job.channels, job.channels,
                   row + across.from * job.channels);
        std::memset(row + across.to * job.channels, 0,
                    static_cast<size_t>((layout.pitch - across.to) * job.channels) * sizeof(float));
      }
    }
    std::memset(to + down.to * length, 0, static_cast<size_t>((layout.rows - down.to) * length) * sizeof(float));
  }
}

// Adds an area to the sums.
void add_area(const volute_convolution& c, const Job& job, const Area& area, bool first) {
  const int64_t filters = c.filters / c.groups;
  const int64_t sums_row = filter_lanes(filters);
  const int64_t out_plane = c.out_height * c.out_width;
  const Layout layout(c, area);
  float* const tile = static_cast<float*>(workspace());
  float* const x = tile + tile_elements<float>;
  float* const g = x + area.images * layout.rows * layout.pitch * job.channels + pack_slack;
  lay_out(c, job, area, layout, x);
  // Where rows of patches follow one another without a gap, they are one run.
  const bool flat = layout.pitch == area.columns * c.stride_x && c.stride_y == 1 && layout.rows == area.rows;
  int64_t starts[most_lines];
  for (int64_t line = 0; line < area.lines(); line++) {
    starts[line] = (line / area.rows * layout.rows + line % area.rows * c.stride_y) * layout.pitch * job.channels;
  }
  const Depth depth = flat ? Depth(area.pixels()) : Depth(area.columns, area.lines(), starts);
  const int64_t together = c.dilation_x == 1 ? c.kernel_width : 1;
  const int64_t length = together * job.channels;
  const Partition panels(filters, filter_panel, 16);
  for (int64_t p = 0; p < panels.panels; p++) {
    const int64_t width = filter_lanes(panels.size(p));
    float* to = g;
    for (int64_t image = area.image; image < area.image + area.images; image++) {
      const Pixels from(c.y, c.filters, out_plane, image, job.group * filters + panels.start(p), c.y_last != 0);
      const int64_t lines = area.columns == c.out_width ? 1 : area.rows;
      const int64_t pixels = area.rows * area.columns / lines;
      for (int64_t line = 0; line < lines; line++, to += pixels * width) {
        from.together((area.row + line) * c.out_width + area.column, pixels, panels.size(p), width, to);
      }
    }
    for (int64_t v = 0; v < width; v += tile_vectors(tile_rows) * L) {
      const int64_t columns = minimum(tile_vectors(tile_rows) * L, width - v);
      const Partition heights(length, tall_rows(columns / L), 1);
      float* sums = job.sums + panels.start(p) + v;
      for (int64_t cell = 0; cell < c.kernel_height * c.kernel_width; cell += together) {
        const float* a = x + (cell / c.kernel_width * c.dilation_y * layout.pitch + cell % c.kernel_width * c.dilation_x) *
                                 job.channels;
        for (int64_t i = 0; i < heights.panels; i++) {
          const int64_t at = heights.start(i);
          tile_product(depth, heights.size(i), columns, a + at, c.stride_x * job.channels, g + v, width,
                       sums + (cell * job.channels + at) * sums_row, sums_row, !first, tile);
        }
      }
    }
  }
}

void filter_gradient_block(const volute_convolution& c, const Job& job) {
  const auto fits = [&](const Area& area) {
    const Layout layout(c, area);
    return area.pixels() <= most_pixels && area.lines() <= most_lines &&
           area.images * layout.rows * layout.pitch * job.channels + area.pixels() * filter_panel <= most_laid_out;
  };
  Area most{0, 1, 0, c.out_height, 0, c.out_width};
  while (most.rows > 1 && !fits(most)) {
    most.rows = ceil_div(most.rows, 2);
  }
  while (most.columns > 1 && !fits(most)) {
    most.columns = ceil_div(most.columns, 2);
  }
  if (most.rows == c.out_height && most.columns == c.out_width) {
    while (most.images < job.images) {
      most.images++;
      if (!fits(most)) {
        most.images--;
        break;
      }
    }
  }
  const Partition images(job.images, most.images, 1);
  const Partition rows(c.out_height, most.rows, 1);
  const Partition columns(c.out_width, most.columns, 1);
  for (int64_t i = 0; i < images.panels; i++) {
    for (int64_t y = 0; y < rows.panels; y++) {
      for (int64_t x = 0; x < columns.panels; x++) {
        add_area(c, job,
                 {job.image + images.start(i), images.size(i), rows.start(y), rows.size(y), columns.start(x),
                  columns.size(x)},
                 i + y + x == 0);
      }
    }
  }
}

// Adds up the sums of the chunks, `stride` apart, and turns them to filters as they lie in memory.
void sums_to_filters(const volute_convolution& c, float* sums, int64_t chunks, int64_t stride, const Job& job) {
  const int64_t filters = c.filters / c.groups;
  const int64_t cells = c.kernel_height * c.kernel_width;
  const int64_t sums_row = filter_lanes(filters);
  const int64_t rows = cells * job.channels;
  for (int64_t chunk = 1; chunk < chunks; chunk++) {
    const float* from = sums + chunk * stride;
    for (int64_t i = 0; i < rows * sums_row; i += L) {
      store(sums + i, load(sums + i) + load(from + i));
    }
  }
  const int64_t pitch = c.channels / c.groups * cells;
  float* const to = c.w + job.group * filters * pitch + job.channel * cells;
  float block[L * L];
  for (int64_t row = 0; row < rows; row += L) {
    const float* from[L];
    for (int64_t i = 0; i < L; i++) {
      const int64_t at = minimum(row + i, rows - 1);
      from[i] = sums + (at % cells * job.channels + at / cells) * sums_row;
    }
    for (int64_t v = 0; v < filters; v += L) {
      const float* source[L];
      for (int64_t i = 0; i < L; i++) {
        source[i] = from[i] + v;
      }
      if (row + L <= rows && v + L <= filters) {
        transpose_block(source, to + v * pitch + row, pitch);
        continue;
      }
      transpose_block(source, block, L);
      for (int64_t i = 0; i < minimum(L, filters - v); i++) {
        copy_exactly(block + i * L, to + (v + i) * pitch + row, minimum(L, rows - row));
      }
    }
  }
}

}  // namespace

int run_convolution_filter_gradient(Pool& pool, volute_convolution& c) {
  const FilterGradientCut cut = filter_gradient_cut(c);
  const int64_t elements = filter_elements(c);
  if (elements == 0 || c.batch * c.out_height * c.out_width == 0) {
    std::memset(c.w, 0, static_cast<size_t>(elements) * sizeof(float));
    return VOLUTE_OK;
  }
  if (winograd_filter_gradient(c)) {
    run_winograd_filter_gradient(pool, c);
    return VOLUTE_OK;
  }
  const int64_t group_channels = c.channels / c.groups;
  const int64_t sums_of_channel = c.kernel_height * c.kernel_width * filter_lanes(c.filters / c.groups);
  const int64_t stride = c.channels * sums_of_channel;
  const Partition channels(group_channels, cut.channels, 1);
  const Partition images(c.batch, ceil_div(c.batch, cut.chunks), 1);
  const double flops = 2.0 * static_cast<double>(c.batch * elements) * static_cast<double>(c.out_height * c.out_width);
  const auto job = [&](int64_t block, int64_t chunk) {
    const int64_t group = block / channels.panels;
    const int64_t channel = channels.start(block % channels.panels);
    return Job{group,
               channel,
               channels.size(block % channels.panels),
               images.start(chunk),
               images.size(chunk),
               c.scratch + chunk * stride + (group * group_channels + channel) * sums_of_channel};
  };
  const int64_t blocks = c.groups * channels.panels;
  pool.run(blocks * images.panels, flops / 100,
           [&](int64_t part) { filter_gradient_block(c, job(part / images.panels, part % images.panels)); });
  pool.run(blocks, static_cast<double>(images.panels * stride) / 4, [&](int64_t block) {
    const Job all = job(block, 0);
    sums_to_filters(c, all.sums, images.panels, stride, all);
  });
  return VOLUTE_OK;
}

}  // namespace volute::VOLUTE_LEVEL
