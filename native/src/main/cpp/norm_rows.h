// How batch normalisation takes tensors that lie channels last: by sizes alone.
#pragma once

#include "volute.h"

namespace volute {

// Pixels of all samples as rows: as many side by side as fill whole groups of vectors, so that few channels are summed
// apart as often as many are. Rows go in chunks that stay in the first caches, chunks in parts that threads share.
struct NormRows {
  int64_t width;       // elements of a row
  int64_t rows, rest;  // whole rows, and the elements behind them
  int64_t chunk;       // rows of a chunk
  int64_t part;        // rows of a part
  int64_t parts;       // the last one has the rest too

  // Channels are a multiple of 16.
  explicit NormRows(const volute_batch_norm& c) {
    constexpr int64_t group = 64;
    constexpr int64_t cached = 4096;      // elements
    constexpr int64_t least_rows = 32;    // of a chunk: sums are written and joined less often than elements are read
    constexpr int64_t least_pixels = 128;  // of a part
    constexpr int64_t most_parts = 64;
    const int64_t pixels = c.batch * c.spatial;
    const int64_t side_by_side = c.channels % group == 0 ? 1 : c.channels % (group / 2) == 0 ? 2 : 4;
    width = side_by_side * c.channels;
    rows = pixels / side_by_side;
    rest = pixels % side_by_side * c.channels;
    chunk = width * least_rows < cached ? cached / width : least_rows;
    const int64_t chunks = (rows + chunk - 1) / chunk;
    const int64_t shared = (chunks + most_parts - 1) / most_parts;
    const int64_t worthwhile = (least_pixels + chunk * side_by_side - 1) / (chunk * side_by_side);
    part = (shared > worthwhile ? shared : worthwhile) * chunk;
    parts = rows > part ? (rows + part - 1) / part : 1;
  }
};

// Sums of a part that are kept until all are there, for each channel.
constexpr int64_t moments_of_channel = 3;
constexpr int64_t gradient_sums_of_channel = 2;

// What the elements of a column are multiplied by or moved by.
constexpr int64_t scales_of_column = 2;
constexpr int64_t gradient_scales_of_column = 4;

// Elements of scratch: what columns are scaled by, sums of parts, copies of operands that lie otherwise.
inline int64_t batch_norm_elements(const volute_batch_norm& c) {
  const bool training = c.call.kind == VOLUTE_BATCH_NORM_TRAINING;
  const bool gradient = c.call.kind == VOLUTE_BATCH_NORM_GRADIENT;
  if (!c.x_last && !c.y_last && !c.g_last && !c.residual_last && !c.result_last) {
    return 0;
  }
  const NormRows cut(c);
  const int64_t sums = training ? moments_of_channel : gradient ? gradient_sums_of_channel : 0;
  const int64_t scales = gradient ? gradient_scales_of_column : scales_of_column;
  const int64_t turned = !c.x_last + !c.y_last + (training && !c.residual_last) + (gradient && !c.g_last) +
                         (gradient && !c.result_last);
  return scales * cut.width + sums * cut.parts * c.channels + turned * c.batch * c.channels * c.spatial;
}

}  // namespace volute
