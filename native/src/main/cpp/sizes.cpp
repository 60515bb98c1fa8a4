#include "sizes.h"

#include "norm_rows.h"

namespace volute {
namespace {

int64_t gates(int64_t cell) {
  return cell == VOLUTE_CELL_LSTM ? 4 : cell == VOLUTE_CELL_GRU || cell == VOLUTE_CELL_GRU_RESET_AFTER ? 3 : 1;
}

int64_t packed_linear_elements(int64_t inputs, int64_t outputs) {
  return inputs * filter_lanes(outputs) + packing_slack;
}

int64_t step_panel_elements(const volute_recurrent& c) {
  return panel_elements(c.units, gates(c.cell), step_depth(c));
}

int64_t packed_recurrent_elements(const volute_recurrent& c) {
  return step_panel_elements(c) + (inputs_ahead(c) ? packed_linear_elements(c.inputs, gates(c.cell) * c.units) : 0);
}

int64_t recurrent_elements(const volute_recurrent& c) {
  const int64_t rows = input_rows(c) + (c.rows > 0 ? c.batch : 0);
  // Pre-activations, two states, packed inputs and states, the packed weight: see level/recurrent.cpp.
  return rows * gates(c.cell) * c.units + c.batch * (2 * c.units + step_depth(c) + step_slack) +
         step_panel_elements(c);
}

int64_t recurrent_gradient_elements(const volute_recurrent& c) {
  const int64_t rows = c.batch * gradient_chunk(c);
  const int64_t slots = gates(c.cell) + (c.cell == VOLUTE_CELL_GRU_RESET_AFTER ? 1 : 0);
  const int64_t depth = slots * c.units;
  // The inputs transposed; of a table, see level/row_sums.h, also sums of gradients in panels and packed, and a mark a row.
  const int64_t of_inputs =
      c.rows > 0 ? c.inputs * (c.rows + step_slack) + panel_elements(c.units, slots, c.rows) + c.rows * (depth + step_slack) + c.rows
                 : c.inputs * (rows + step_slack);
  // For a chunk of steps: three states, a sequence, packed gradients, transposed states, gradients in panels, two transposed
  // weights: see level/recurrent_gradient.cpp.
  return 3 * c.batch * c.units + rows * c.units + rows * (depth + step_slack) + of_inputs +
         2 * c.units * (rows + step_slack) + panel_elements(c.units, slots, rows) + panel_elements(c.units, 1, depth) +
         panel_elements(c.inputs, 1, depth);
}

// Whether minimal filtering may be used.
bool filters_minimally(const volute_convolution& c) {
  return !c.plain_sums && c.kernel_height == 3 && c.kernel_width == 3 && c.groups == 1 && c.stride_y == 1 && c.stride_x == 1 &&
         c.dilation_y == 1 && c.dilation_x == 1;
}

int64_t tile_count(const volute_convolution& c) {
  return c.batch * ((c.out_height + 3) / 4) * ((c.out_width + 3) / 4);
}

// By how much whole vectors are more than so many elements.
double padding_share(int64_t elements) {
  return static_cast<double>((elements + 15) / 16 * 16) / static_cast<double>(elements > 0 ? elements : 1);
}

// Compares estimates in clock cycles with vectors of 16. `plain` is what one step of the plain sum takes: one
// multiplication of vectors and its share of gathering pixels. Packed filters cost what it takes to read them, others about
// as much to be packed: large tiles pay where there are many, small ones where filters are most of what is read.
int64_t winograd_tile(int64_t batch, int64_t channels, int64_t filters, int64_t height, int64_t width, double plain) {
  constexpr int64_t least = 8;
  constexpr int64_t most = 1024;  // more would not fit into a thread's workspace
  if (channels < least || filters < least || channels > most || filters > most) {
    return 0;
  }
  const double pairs = static_cast<double>(channels * filters);
  double least_time = plain * 9.0 * pairs * static_cast<double>(batch * height * width) / 16;
  int64_t best = 0;
  for (int64_t tile = 4; tile > 1; tile -= 2) {
    const double tiles = static_cast<double>(batch * ((height + tile - 1) / tile) * ((width + tile - 1) / tile));
    const double products = pairs / 16 * padding_share(filters) * tiles;
    const double transforms = 0.67 * static_cast<double>(channels + filters) * tiles;
    const double packing = 0.83 * pairs;
    const double time = static_cast<double>(winograd_elements(tile)) * (1.1 * products + transforms + packing);
    if (time < least_time) {
      least_time = time;
      best = tile;
    }
  }
  return best;
}

// The quotient rounded down, and the same for negative dividends.
int64_t floor_div(int64_t a, int64_t b) { return a >= 0 ? a / b : -((b - 1 - a) / b); }

bool pixel_rows_fit(const volute_convolution& c, bool gradient) {
  constexpr int64_t most_cells = 256;
  constexpr int64_t most_steps = 16;
  if (c.groups != 1 || c.kernel_height * c.kernel_width > most_cells) {
    return false;
  }
  const PixelRows rows(c, gradient);
  const Phases phases(rows, 1);
  return rows.steps_y <= most_steps && rows.steps_x <= most_steps &&
         (phases.in_place || rows.sources * phases.plane <= most_phase_elements) &&
         (rows.inside() || rows.sources * rows.padded_pixels(1) <= most_phase_elements);
}

}  // namespace

int64_t winograd_forward(const volute_convolution& c) {
  return filters_minimally(c) ? winograd_tile(c.batch, c.channels, c.filters, c.out_height, c.out_width, 1.2) : 0;
}

int64_t winograd_input_gradient(const volute_convolution& c) {
  return filters_minimally(c) && c.pad_y <= 2 && c.pad_x <= 2
             ? winograd_tile(c.batch, c.filters, c.channels, c.height, c.width, 1.5)
             : 0;
}

bool inputs_ahead(const volute_recurrent& c) {
  constexpr int64_t most = 1 << 20;  // elements of weights that are read again in every step
  return c.rows > 0 || (c.time > 1 && (c.batch < 4 || (c.inputs + c.units) * gates(c.cell) * c.units > most));
}

PixelRows::PixelRows(const volute_convolution& c, bool gradient_)
    : images(c.batch),
      gradient(gradient_),
      source_last((gradient_ ? c.y_last : c.x_last) != 0),
      last((gradient_ ? c.x_last : c.y_last) != 0) {
  const int64_t reach_y = (c.kernel_height - 1) * c.dilation_y;
  const int64_t reach_x = (c.kernel_width - 1) * c.dilation_x;
  if (!gradient) {
    sources = c.channels, height = c.height, width = c.width;
    targets = c.filters, result_height = c.out_height, result_width = c.out_width;
    stride_y = c.stride_y, stride_x = c.stride_x;
    extent_y = reach_y + 1, extent_x = reach_x + 1;
    before_y = c.pad_y, before_x = c.pad_x;
    steps_y = steps_x = 1;
    find_few(!c.x_last && !c.y_last);
    return;
  }
  sources = c.filters, height = c.out_height, width = c.out_width;
  targets = c.channels, result_height = c.height, result_width = c.width;
  stride_y = stride_x = 1;
  steps_y = c.stride_y, steps_x = c.stride_x;
  // Row q * steps + r of the results meets row q + (r + pad - cell) / steps of the planes, where that is whole.
  before_y = floor_div(reach_y - c.pad_y, steps_y), before_x = floor_div(reach_x - c.pad_x, steps_x);
  extent_y = floor_div(steps_y - 1 + c.pad_y, steps_y) + before_y + 1;
  extent_x = floor_div(steps_x - 1 + c.pad_x, steps_x) + before_x + 1;
  find_few(steps_y == 1 && steps_x == 1 && !c.x_last && !c.y_last);
}

void PixelRows::find_few(bool allowed) {
  const int64_t rest = targets % packed_lanes;
  int64_t pixels = packed_lanes;
  while (rest * pixels > packed_lanes) {
    pixels /= 2;
  }
  const bool pays = allowed && rest > 0 && pixels > 1 && pixels <= result_width;
  few = pays ? rest : 0;
  few_pixels = pays ? pixels : 0;
}

// Multiplied lanes by results.
double PixelRows::padding() const {
  const double lanes = static_cast<double>(filter_lanes(whole()));
  const double of_few = few > 0 ? static_cast<double>(packed_lanes) / static_cast<double>(few_pixels) : 0;
  return (lanes + of_few) / static_cast<double>(targets > 0 ? targets : 1);
}

bool meets_no_padding(const volute_convolution& c) {
  return c.pad_y == 0 && c.pad_x == 0 &&
         (c.out_height - 1) * c.stride_y + (c.kernel_height - 1) * c.dilation_y < c.height &&
         (c.out_width - 1) * c.stride_x + (c.kernel_width - 1) * c.dilation_x < c.width;
}

bool slides(const volute_convolution& c) {
  return meets_no_padding(c) && c.stride_x == 1 && c.out_width % sliding_group == 0 &&
         c.channels / c.groups * c.kernel_height * c.kernel_width <= most_sliding_cells;
}

bool pixel_rows_forward(const volute_convolution& c) {
  if (winograd_forward(c) || !pixel_rows_fit(c, false)) {
    return false;
  }
  if (c.x_last || c.y_last) {
    return true;
  }
  // Estimates, for a vector of results, in multiplications of vectors: here unused lanes of filters and the way back to
  // planes, there unused lanes of pixels and gathering them.
  const double k = static_cast<double>(c.channels * c.kernel_height * c.kernel_width);
  const double here = k * PixelRows(c, false).padding() + 25;
  const double gathered = c.stride_x == 1 ? 1.35 : 1.6;
  const double there = k * padding_share(c.out_height * c.out_width) * (slides(c) ? 1.15 : gathered) + 10;
  return here < there;
}

bool pixel_rows_input_gradient(const volute_convolution& c) {
  if (winograd_input_gradient(c) || !pixel_rows_fit(c, true)) {
    return false;
  }
  if (c.x_last || c.y_last) {
    return true;
  }
  // The same for all results of an image: here results are more than the pixels of the gradient where it is not padded,
  // there products are added to the image cell by cell.
  const double cells = static_cast<double>(c.kernel_height * c.kernel_width);
  const double filters = static_cast<double>(c.filters);
  const double strides = static_cast<double>(c.stride_y * c.stride_x);
  const double pixels = static_cast<double>(c.out_height * c.out_width);
  const double here = static_cast<double>(c.height * c.width) * PixelRows(c, true).padding() * (filters * cells / strides + 25);
  const double there = pixels * padding_share(c.out_height * c.out_width) * cells * (1.2 * filters + (c.stride_x == 1 ? 8 : 30));
  return here < there;
}

bool winograd_filter_gradient(const volute_convolution& c) {
  constexpr int64_t least = 8;
  if (!filters_minimally(c) || c.channels < least || c.filters < least) {
    return false;
  }
  const double pairs = static_cast<double>(c.channels * c.filters);
  const double pixels = static_cast<double>(c.batch * c.out_height * c.out_width);
  const double tiles = static_cast<double>(tile_count(c));
  const double products = 36.0 / 16 * pairs * tiles;
  const double transforms = 30.0 * static_cast<double>(c.channels + c.filters) * tiles;
  const double sums = 10.0 * pairs;
  return 1.2 * products + transforms + sums < 1.6 * 9.0 / 16 * pairs * pixels;
}

WinogradGradientCut winograd_gradient_cut(const volute_convolution& c) {
  constexpr int64_t block = 128;
  constexpr int64_t aim = 8;
  constexpr int64_t most = int64_t{1} << 22;  // elements of sums
  constexpr int64_t cached = int64_t{1} << 18;  // elements of tiles that are transformed along their columns
  const int64_t row = (c.channels + 15) / 16 * 16;
  const int64_t stride = c.filters * row + 16;
  const int64_t blocks = ((c.channels + block - 1) / block) * ((c.filters + block - 1) / block);
  int64_t chunks = (aim + blocks - 1) / blocks;
  while (chunks > 1 && (chunks * 36 * stride > most || tile_count(c) < 32 * chunks)) {
    chunks--;
  }
  const int64_t channels = c.channels < block ? c.channels : block;
  const int64_t filters = c.filters < block ? c.filters : block;
  // Sums are read and written once for so many tiles: the more of them, the more tiles.
  int64_t tiles = channels * filters / 16 / 8 * 8;
  tiles = tiles < 24 ? 24 : tiles > 64 ? 64 : tiles;
  while (tiles > 16 && 25 * (channels + filters) * tiles > cached) {
    tiles -= 8;
  }
  return {block, chunks, tiles, row, stride};
}

int64_t scratch_elements(const volute_call& call) {
  switch (call.kind) {
    case VOLUTE_CONVOLUTION:
    case VOLUTE_PACK_FILTERS:
    case VOLUTE_CONVOLUTION_INPUT_GRADIENT: {
      const volute_convolution& c = reinterpret_cast<const volute_convolution&>(call);
      const bool gradient = call.kind == VOLUTE_CONVOLUTION_INPUT_GRADIENT;
      const int64_t targets = gradient ? c.channels : c.filters;
      if (const int64_t tile = gradient ? winograd_input_gradient(c) : winograd_forward(c)) {
        return winograd_elements(tile) * winograd_filter_stride(targets, gradient ? c.filters : c.channels);
      }
      // Vectors of results.
      const bool rows = gradient ? pixel_rows_input_gradient(c) : pixel_rows_forward(c);
      return (rows ? filter_elements(c) / targets * filter_lanes(targets) : filter_elements(c)) + packing_slack;
    }
    case VOLUTE_CONVOLUTION_CHAIN: {
      const volute_convolution_chain& c = reinterpret_cast<const volute_convolution_chain&>(call);
      int64_t elements = 0;
      for (int64_t i = 0; i < c.count; i++) {
        elements += scratch_elements(c.stages[i].call);
        elements += i + 1 < c.count && !lies_last(c) ? result_elements(c.stages[i]) + packing_slack : 0;
      }
      return elements;
    }
    case VOLUTE_CONVOLUTION_FILTER_GRADIENT: {
      const volute_convolution& c = reinterpret_cast<const volute_convolution&>(call);
      if (winograd_filter_gradient(c)) {
        const WinogradGradientCut cut = winograd_gradient_cut(c);
        return cut.chunks * 36 * cut.stride;
      }
      return filter_gradient_cut(c).chunks * c.channels * c.kernel_height * c.kernel_width *
             filter_lanes(c.filters / c.groups);
    }
    case VOLUTE_BATCH_NORM_TRAINING:
    case VOLUTE_BATCH_NORM_GRADIENT:
    case VOLUTE_BATCH_NORM_INFERENCE:
      return batch_norm_elements(reinterpret_cast<const volute_batch_norm&>(call));
    case VOLUTE_PACK_LINEAR: {
      const volute_linear& c = reinterpret_cast<const volute_linear&>(call);
      return packed_linear_elements(c.inputs, c.outputs);
    }
    case VOLUTE_RECURRENT:
      return recurrent_elements(reinterpret_cast<const volute_recurrent&>(call));
    case VOLUTE_PACK_RECURRENT:
      return packed_recurrent_elements(reinterpret_cast<const volute_recurrent&>(call));
    case VOLUTE_RECURRENT_GRADIENT:
      return recurrent_gradient_elements(reinterpret_cast<const volute_recurrent&>(call));
    default:
      return 0;
  }
}

}  // namespace volute
