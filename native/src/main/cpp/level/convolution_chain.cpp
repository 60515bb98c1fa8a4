// Convolutions of which each takes the result of the one before as its image: all of them for some rows of results at a
// time, so that rows between two stages are still in the second-level cache when they are read. Stages are those of single
// pixels, or of single channels, which need few rows of the image for a row of results.
#include "../pool.h"
#include "convolution.h"

namespace volute::VOLUTE_LEVEL {
namespace {

// Elements between two stages of an image: fewer would stay in the cache anyway.
constexpr int64_t least_between = int64_t{1} << 18;

// Elements of rows between stages that a thread keeps: with images, results and filters in the second-level cache.
constexpr int64_t cached_rows = int64_t{160} << 10;

static_assert(workspace_bytes / static_cast<int64_t>(sizeof(float)) >= cached_rows + VOLUTE_STAGES * packing_slack,
              "rows between stages fit into the workspace");

struct Rows {
  int64_t from, to;
};

// A convolution of single pixels that reads no padding.
bool pointwise(const volute_convolution& c) {
  return c.groups == 1 && c.kernel_height * c.kernel_width == 1 && c.stride_y == 1 && c.stride_x == 1 && c.pad_y == 0 &&
         c.pad_x == 0 && c.out_height == c.height && c.out_width == c.width;
}

// The rows of the image that rows of results are sums of.
Rows met(const volute_convolution& c, const Rows& results) {
  const int64_t top = results.from * c.stride_y - c.pad_y;
  const int64_t bottom = (results.to - 1) * c.stride_y - c.pad_y + (c.kernel_height - 1) * c.dilation_y + 1;
  const int64_t from = minimum(c.height, maximum(int64_t{0}, top));
  return {from, maximum(from, minimum(c.height, bottom))};
}

// Where rows of results between stages lie, for some rows of the last one's results.
struct Room {
  int64_t elements[VOLUTE_STAGES] = {};
  int64_t all = 0;

  Room(const volute_convolution_chain& chain, int64_t rows) {
    for (int64_t i = chain.count - 1; i > 0; i--) {
      const volute_convolution& c = chain.stages[i];
      rows = minimum(c.height, (rows - 1) * c.stride_y + (c.kernel_height - 1) * c.dilation_y + 1);
      elements[i - 1] = ceil_div(rows * c.width * c.channels, packing_slack) * packing_slack;
      all += elements[i - 1];
    }
  }
};

// Rows of the last results that are computed at a time.
int64_t band_rows(const volute_convolution_chain& chain) {
  const int64_t most = chain.stages[chain.count - 1].out_height;
  int64_t rows = 1;
  while (rows < most && Room(chain, rows + 1).all <= cached_rows) {
    rows++;
  }
  return rows;
}

// Some rows of a stage's results; of image, results and residual row 0 would be at x, y and residual.
void compute(volute_convolution c, const Rows& rows) {
  c.batch = 1;
  if (c.groups > 1) {
    depthwise_rows(c, 0, rows.from, rows.to - rows.from);
    return;
  }
  c.height = c.out_height = rows.to - rows.from;
  c.x += rows.from * c.width * c.channels;
  c.y += rows.from * c.out_width * c.filters;
  c.residual = c.residual ? c.residual + rows.from * c.out_width * c.filters : nullptr;
  channel_rows(c);
}

// Some rows of one image's results.
void compute_chain(const volute_convolution_chain& chain, int64_t image, const Rows& results) {
  const int64_t last = chain.count - 1;
  const int64_t band = band_rows(chain);
  const Room room(chain, band);
  float* kept[VOLUTE_STAGES];
  Rows held[VOLUTE_STAGES] = {};  // rows of the stages' results in memory
  float* free = static_cast<float*>(workspace());
  for (int64_t i = 0; i < last; i++) {
    kept[i] = free;
    free += room.elements[i];
  }
  for (Rows now{results.from, 0}; now.from < results.to; now.from = now.to) {
    now.to = minimum(results.to, now.from + band);
    Rows wanted[VOLUTE_STAGES];
    wanted[last] = now;
    for (int64_t i = last; i > 0; i--) {
      wanted[i - 1] = met(chain.stages[i], wanted[i]);
    }
    for (int64_t i = 0; i <= last; i++) {
      volute_convolution c = chain.stages[i];
      const int64_t row = c.out_width * c.filters;
      Rows fresh = wanted[i];
      c.x = i == 0 ? c.x + image * c.height * c.width * c.channels : kept[i - 1] - held[i - 1].from * c.width * c.channels;
      if (i == last) {
        c.y += image * c.out_height * row;
        c.residual = c.residual ? c.residual + image * c.out_height * row : nullptr;
      } else {
        // Rows that the band before has left go to the front.
        if (held[i].to > fresh.from) {
          const int64_t rows = held[i].to - fresh.from;
          std::memmove(kept[i], kept[i] + (fresh.from - held[i].from) * row, static_cast<size_t>(rows * row) * sizeof(float));
          fresh.from = held[i].to;
        }
        held[i] = wanted[i];
        c.y = kept[i] - held[i].from * row;
      }
      if (fresh.from < fresh.to) {
        compute(c, fresh);
      }
    }
  }
}

}  // namespace

int chain_algorithm(const volute_convolution_chain& chain) {
  for (int64_t i = 0; i < chain.count; i++) {
    const volute_convolution& c = chain.stages[i];
    const bool between = i + 1 < chain.count;
    if (!(pointwise(c) || (depthwise(c) && c.filters == c.channels)) ||
        (between && c.filters * c.out_height * c.out_width < least_between)) {
      return VOLUTE_ONE_WAY;
    }
  }
  return Room(chain, 1).all > cached_rows ? VOLUTE_ONE_WAY : lies_last(chain) ? VOLUTE_BANDS_OF_ROWS : VOLUTE_STAGE_BY_STAGE;
}

int run_convolution_chain(Pool& pool, volute_convolution_chain& call) {
  volute_convolution_chain chain = call;
  const volute_convolution& result = chain.stages[chain.count - 1];
  if (result_elements(result) == 0) {
    return VOLUTE_OK;
  }
  double products = 0;
  for (int64_t i = 0; i < chain.count; i++) {
    volute_convolution& c = chain.stages[i];
    if (!c.packed) {
      c.scratch = chain.scratch;
      chain.scratch += scratch_elements(c.call);
      run_pack_filters(pool, c);
      c.packed = 1;
    }
    products += static_cast<double>(result_elements(c)) * static_cast<double>(filter_elements(c) / c.filters);
  }
  if (!lies_last(chain)) {
    for (int64_t i = 0; i < chain.count; i++) {
      volute_convolution& c = chain.stages[i];
      if (i + 1 < chain.count) {
        c.y = chain.stages[i + 1].x = chain.scratch;
        chain.scratch += result_elements(c) + packing_slack;
      }
      run_convolution(pool, c);
    }
    return VOLUTE_OK;
  }
  // The results do not depend on the number of threads: where these share an image, each computes for itself the few rows
  // between stages that both of two neighbours meet.
  const int64_t threads = pool.threads();
  const int64_t shares = result.batch % threads == 0 ? 1 : minimum(threads, result.out_height);
  const Partition rows(result.out_height, ceil_div(result.out_height, shares), 1);
  pool.run(result.batch * rows.panels, products / 60, [&](int64_t part) {
    const int64_t from = rows.start(part % rows.panels);
    compute_chain(chain, part / rows.panels, {from, from + rows.size(part % rows.panels)});
  });
  return VOLUTE_OK;
}

}  // namespace volute::VOLUTE_LEVEL
