// How much scratch memory calls want, and how work is cut where that decides it: by sizes alone.
#pragma once

#include "volute.h"

namespace volute {

// The filter gradient is summed for some chunks of the batch apart, then over the chunks.
struct FilterGradientCut {
  int64_t channels;  // of a group, in one block of columns
  int64_t blocks;    // of channels, in one group
  int64_t chunks;    // of the batch
};

inline int64_t filter_elements(const volute_convolution& c) {
  return c.filters * (c.channels / c.groups) * c.kernel_height * c.kernel_width;
}

// Lanes that filters are packed for, on every instruction set.
constexpr int64_t packed_lanes = 16;

// Filters rounded up to whole vectors.
inline int64_t filter_lanes(int64_t filters) { return (filters + packed_lanes - 1) / packed_lanes * packed_lanes; }

inline FilterGradientCut filter_gradient_cut(const volute_convolution& c) {
  constexpr int64_t width = 512;
  constexpr int64_t aim = 8;
  constexpr int64_t most = int64_t{1} << 22;
  const int64_t each = c.kernel_height * c.kernel_width;
  const int64_t all = c.channels / c.groups;
  int64_t channels = each < width ? width / each : 1;
  channels = channels < all ? channels : all;
  const int64_t blocks = (all + channels - 1) / channels;
  int64_t chunks = (aim + c.groups * blocks - 1) / (c.groups * blocks);
  chunks = chunks < c.batch ? chunks : c.batch;
  while (chunks > 1 && chunks * c.channels * each * filter_lanes(c.filters / c.groups) > most) {
    chunks--;
  }
  return {channels, blocks, chunks > 1 ? chunks : 1};
}

// How many results a side of a tile has by which minimal filtering (level/winograd.h) takes least time, 4 or 2, or 0 where
// the plain sum takes less. By sizes alone: every instruction set decides alike, and so do forward calls with packed
// filters and the calls that pack them.
int64_t winograd_forward(const volute_convolution& c);
int64_t winograd_input_gradient(const volute_convolution& c);

// Elements that a tile of so many results a side is transformed to.
inline int64_t winograd_elements(int64_t tile) { return (tile + 2) * (tile + 2); }

// Whether it takes less time to compute the filters' gradient so, by tiles of 4 x 4.
bool winograd_filter_gradient(const volute_convolution& c);

// The sums over tiles that the filter gradient by minimal filtering takes: for each chunk of the tiles 36 matrices
// [filters, channels], of which a part computes a block.
struct WinogradGradientCut {
  int64_t block;   // channels and filters of a part, at most
  int64_t chunks;  // of the tiles
  int64_t tiles;   // transformed at a time
  int64_t row;     // elements from one filter to the next
  int64_t stride;  // elements from one matrix to the next
};
WinogradGradientCut winograd_gradient_cut(const volute_convolution& c);

// A convolution or its gradient to the image with the results' pixels as rows of products (level/pixel_rows.cpp). The
// gradient takes each remainder of rows and columns by the strides apart: there, results are those of a convolution of the
// planes of `y` by the cells that meet it, without strides.
struct PixelRows {
  int64_t images;
  int64_t sources, height, width;                // planes that are read
  int64_t targets, result_height, result_width;  // planes that are written
  int64_t stride_y, stride_x;                    // pixels read from one result of a remainder to the next
  int64_t extent_y, extent_x;                    // pixels from the first that results meet to behind the last
  int64_t before_y, before_x;                    // pixels from the first that the first results meet to the planes
  int64_t steps_y, steps_x;                      // remainders of results
  bool gradient;
  bool source_last, last;  // what is read, and the results, lie channels last
  // The last few targets, where whole vectors of targets leave some: a vector holds so many pixels of a row for each of
  // them. Otherwise 0.
  int64_t few, few_pixels;

  PixelRows(const volute_convolution& c, bool gradient);

  // Those that fill vectors or are too many to be few.
  int64_t whole() const { return targets - few; }

  // Rows and columns of results of the first remainder.
  int64_t rows() const { return (result_height + steps_y - 1) / steps_y; }
  int64_t columns() const { return (result_width + steps_x - 1) / steps_x; }

  // Rows and columns that are read, padding included, for some rows of results of each remainder.
  int64_t padded_height(int64_t result_rows) const { return (result_rows - 1) * stride_y + extent_y; }
  int64_t padded_width() const { return (columns() - 1) * stride_x + extent_x; }
  int64_t padded_pixels(int64_t result_rows) const { return padded_height(result_rows) * padded_width(); }

  // Whether all cells meet pixels of the planes.
  bool inside() const {
    return before_y == 0 && before_x == 0 && padded_height(rows()) <= height && padded_width() <= width;
  }

  // By how much multiplied lanes are more than results.
  double padding() const;

 private:
  void find_few(bool allowed);
};

// Whether no cell meets padding.
bool meets_no_padding(const volute_convolution& c);

// Whether patches can be read where they lie, with pixels in lanes, rather than gathered (level/sliding_tile.h).
bool slides(const volute_convolution& c);

// Results whose pixels lie side by side then: rows of results are a multiple long, so no row ends between.
constexpr int64_t sliding_group = 8;

// Cells of a group's filter for which they can, at most.
constexpr int64_t most_sliding_cells = 256;

// Whether this takes less time than gathering patches, as for planes too small to fill vectors; where operands lie
// channels last it is the only one of the two.
bool pixel_rows_forward(const volute_convolution& c);
bool pixel_rows_input_gradient(const volute_convolution& c);

// Planes cut into phases, one for each remainder of rows and columns by the strides, with their padding written out: in a
// phase, neighbours are what a cell meets from one result to the next. For some rows of results of a remainder.
struct Phases {
  int64_t down, across;  // remainders
  bool in_place;         // the planes are their only phase
  int64_t rows;          // of each phase
  int64_t pitch;         // from row to row
  int64_t plane;         // from one source to the next

  Phases(const PixelRows& p, int64_t result_rows)
      : down(p.stride_y < p.extent_y ? p.stride_y : p.extent_y),
        across(p.stride_x < p.extent_x ? p.stride_x : p.extent_x),
        rows(result_rows + (p.extent_y - 1) / p.stride_y),
        pitch(p.columns() + (p.extent_x - 1) / p.stride_x) {
    in_place = p.stride_y == 1 && p.stride_x == 1 && p.before_y == 0 && p.before_x == 0 && pitch == p.width &&
               p.rows() + p.extent_y - 1 <= p.height;
    plane = in_place ? p.height * p.width : down * across * rows * pitch;
  }
};

// Elements of phases that a thread's workspace holds.
constexpr int64_t most_phase_elements = int64_t{700} << 10;

// Filters of one panel when pixels are rows.
constexpr int64_t filter_panel = 48;

// From one of the elements of transformed filters to the next: a line of the cache more than dense, lest all fall into
// one set.
inline int64_t winograd_filter_stride(int64_t filters, int64_t channels) {
  return (filters + 15) / 16 * 16 * channels + 16;
}

// Packed filters may be written a little past their end.
constexpr int64_t packing_slack = 64;

// Packed states and panels of recurrent weights may be written a little past their end.
constexpr int64_t step_slack = 16;

// Elements of a weight [k, gates * units] in panels, however wide (level/step_panels.h).
inline int64_t panel_elements(int64_t units, int64_t gates, int64_t k) {
  const int64_t most_panels = units / 4 + 1;
  return gates * (k * ((units + 15) / 16 * 16) + most_panels * step_slack);
}

// Whether the inputs of all steps are multiplied at once, before the first: then a step need not read their weight, but
// reads and writes more sums. Those that are rows of a table always are, each row once.
bool inputs_ahead(const volute_recurrent& c);

// Rows of inputs that are multiplied ahead, or in a step.
inline int64_t input_rows(const volute_recurrent& c) {
  return c.rows > 0 ? c.rows : c.batch * (inputs_ahead(c) ? c.time : 1);
}

// Whether the call is one step of few rows, as when a sequence comes in piece by piece. Its sums begin with the hidden
// state's terms, which are known as soon as the step before is done: a call that keeps memory computes half of those for
// the next one while it has their weights near, and that one does without. So where the second-level cache does not hold
// all weights, the recurrent ones are read from beyond it once in two steps.
inline bool single_step(const volute_recurrent& c) { return c.time == 1 && c.batch < 4 && c.rows == 0; }

// How many rows of weights a step multiplies: the inputs' and the bias where that is not done ahead, and the recurrent
// weight's.
inline int64_t step_depth(const volute_recurrent& c) { return (inputs_ahead(c) ? 0 : c.inputs + 1) + c.units; }

// At which of them the hidden state's begin, and the inputs'.
inline int64_t state_row(const volute_recurrent& c) { return single_step(c) ? 0 : step_depth(c) - c.units; }
inline int64_t input_row(const volute_recurrent& c) { return single_step(c) ? c.units : 0; }

// How many steps' gradients are kept until they are multiplied with inputs and states: in chunks of about the same size.
inline int64_t gradient_chunk(const volute_recurrent& c) {
  constexpr int64_t least_rows = 1024;
  constexpr int64_t cached = int64_t{1} << 18;  // rows times units
  const int64_t rows = least_rows * c.units < cached ? cached / (c.units > 0 ? c.units : 1) : least_rows;
  const int64_t steps = c.batch < rows ? rows / (c.batch > 0 ? c.batch : 1) : 1;
  const int64_t chunks = (c.time + steps - 1) / steps;
  return chunks > 0 ? (c.time + chunks - 1) / chunks : 1;
}

// Whether bands of rows can go through a chain: if all operands lie channels last.
inline bool lies_last(const volute_convolution_chain& c) {
  const volute_convolution& last = c.stages[c.count - 1];
  return c.stages[0].x_last && last.y_last && last.residual_last;
}

inline int64_t result_elements(const volute_convolution& c) { return c.batch * c.filters * c.out_height * c.out_width; }

int64_t scratch_elements(const volute_call& call);

}  // namespace volute
