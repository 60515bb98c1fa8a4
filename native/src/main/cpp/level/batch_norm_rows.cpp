// Batch normalisation of tensors that lie channels last, as rows of channels (norm_rows.h).
#include "../norm_rows.h"
#include "batch_norm.h"

namespace volute::VOLUTE_LEVEL {
namespace {

constexpr int64_t L = lanes<float>;

// Some rows, or the elements behind the last.
struct Block {
  int64_t at;
  int64_t rows, width;
};

// Calls work(block) for each chunk of a part.
template <class Work>
VOLUTE_INLINE void each_chunk(const NormRows& cut, int64_t part, const Work& work) {
  const int64_t end = minimum((part + 1) * cut.part, cut.rows);
  for (int64_t row = part * cut.part; row < end; row += cut.chunk) {
    work(Block{row * cut.width, minimum(cut.chunk, end - row), cut.width});
  }
  if (part == cut.parts - 1 && cut.rest > 0) {
    work(Block{cut.rows * cut.width, 1, cut.rest});
  }
}

// Sums over the rows of N vectors side by side: add(at, column, sums) adds the elements at `at`.
template <int64_t N, int64_t Sums, class Add>
VOLUTE_INLINE void sum_group(const Block& block, int64_t column, float* const (&to)[Sums], const Add& add) {
  f32v sums[N][Sums] = {};
  for (int64_t row = 0; row < block.rows; row++) {
#pragma GCC unroll 4
    for (int64_t i = 0; i < N; i++) {
      add(block.at + row * block.width + column + i * L, column + i * L, sums[i]);
    }
  }
#pragma GCC unroll 4
  for (int64_t i = 0; i < N; i++) {
    for (int64_t s = 0; s < Sums; s++) {
      store(to[s] + column + i * L, sums[i][s]);
    }
  }
}

// Sums of each column of a block.
template <int64_t Sums, class Add>
VOLUTE_INLINE void sum_columns(const Block& block, float* const (&to)[Sums], const Add& add) {
  int64_t column = 0;
  for (; column + 4 * L <= block.width; column += 4 * L) {
    sum_group<4>(block, column, to, add);
  }
  for (; column < block.width; column += L) {
    sum_group<1>(block, column, to, add);
  }
}

// Calls work(at, column) for each vector of a part, in order.
template <class Work>
VOLUTE_INLINE void each_vector(const NormRows& cut, int64_t part, const Work& work) {
  each_chunk(cut, part, [&](const Block& block) {
    for (int64_t row = 0; row < block.rows; row++) {
      const int64_t at = block.at + row * block.width;
      int64_t column = 0;
      for (; column + 4 * L <= block.width; column += 4 * L) {
#pragma GCC unroll 4
        for (int64_t i = 0; i < 4; i++) {
          work(at + column + i * L, column + i * L);
        }
      }
      for (; column < block.width; column += L) {
        work(at + column, column);
      }
    }
  });
}

// The columns of pixels side by side are added up for each channel.
void fold(int64_t channels, int64_t width, float* columns) {
  for (int64_t i = channels; i < width; i += channels) {
    for (int64_t j = 0; j < channels; j++) {
      columns[j] += columns[i + j];
    }
  }
}

// What channels have goes to the columns of all pixels side by side.
void spread(int64_t channels, int64_t width, float* columns) {
  for (int64_t i = channels; i < width; i += channels) {
    std::memcpy(columns + i, columns, static_cast<size_t>(channels) * sizeof(float));
  }
}

// Means and sums of squared distances from them, of all channels (as Moments of batch_norm.cpp).
struct ChannelMoments {
  int64_t channels;
  double* mean;
  double* squares;
  double n = 0;

  ChannelMoments(int64_t channels_, double* memory)
      : channels(channels_), mean(memory), squares(memory + channels_) {
    std::memset(memory, 0, static_cast<size_t>(2 * channels) * sizeof(double));
  }

  // Together with those of other elements, told by at(channel, mean, squares).
  template <class At>
  VOLUTE_INLINE void add(double elements, const At& at) {
    const double all = n + elements;
    const double share = elements / all;
    const double weight = n * share;
    for (int64_t j = 0; j < channels; j++) {
      double other_mean, other_squares;
      at(j, other_mean, other_squares);
      const double apart = other_mean - mean[j];
      squares[j] += other_squares + apart * apart * weight;
      mean[j] += apart * share;
    }
    n = all;
  }
};

// The moments of a part, each chunk's about its own mean, so that a mean far from zero costs no digits. The mean is
// stored as two floats.
void part_moments(const volute_batch_norm& c, const NormRows& cut, int64_t part, float* to) {
  const float* const x = c.x;
  const int64_t channels = c.channels;
  float* const near = static_cast<float*>(workspace());
  float* const off = near + cut.width;
  float* const squares = off + cut.width;
  ChannelMoments all(channels, reinterpret_cast<double*>(squares + cut.width));
  each_chunk(cut, part, [&](const Block& block) {
    const double n = static_cast<double>(block.rows * (block.width / channels));
    sum_columns<1>(block, {near}, [=](int64_t at, int64_t, f32v(&sum)[1]) { sum[0] += load(x + at); });
    fold(channels, block.width, near);
    for (int64_t j = 0; j < channels; j++) {
      near[j] = static_cast<float>(near[j] / n);
    }
    spread(channels, block.width, near);
    sum_columns<2>(block, {off, squares}, [=](int64_t at, int64_t column, f32v(&sum)[2]) {
      const f32v d = load(x + at) - load(near + column);
      sum[0] += d;
      sum[1] += d * d;
    });
    fold(channels, block.width, off);
    fold(channels, block.width, squares);
    all.add(n, [=](int64_t j, double& mean, double& about_mean) {
      const double shift = off[j] / n;
      mean = near[j] + shift;
      about_mean = maximum(0.0, squares[j] - shift * shift * n);
    });
  });
  for (int64_t j = 0; j < channels; j++) {
    to[j] = static_cast<float>(all.mean[j]);
    to[channels + j] = static_cast<float>(all.mean[j] - to[j]);
    to[2 * channels + j] = static_cast<float>(all.squares[j]);
  }
}

// Stores means and variances.
void statistics(Pool& pool, const volute_batch_norm& c, const NormRows& cut, float* sums) {
  const int64_t channels = c.channels;
  const int64_t each = moments_of_channel * channels;
  const int64_t elements = c.batch * c.spatial * channels;
  pool.run(cut.parts, 0.06 * static_cast<double>(elements),
           [&](int64_t part) { part_moments(c, cut, part, sums + part * each); });
  ChannelMoments all(channels, static_cast<double*>(workspace()));
  const int64_t side_by_side = cut.width / channels;
  for (int64_t part = 0; part < cut.parts; part++) {
    const float* const from = sums + part * each;
    const int64_t pixels = minimum(cut.part, cut.rows - part * cut.part) * side_by_side;
    const int64_t more = part == cut.parts - 1 ? cut.rest / channels : 0;
    all.add(static_cast<double>(pixels + more), [=](int64_t j, double& mean, double& about_mean) {
      mean = static_cast<double>(from[j]) + from[channels + j];
      about_mean = from[2 * channels + j];
    });
  }
  for (int64_t j = 0; j < channels; j++) {
    c.mean[j] = static_cast<float>(all.mean[j]);
    c.variance[j] = static_cast<float>(all.squares[j] / static_cast<double>(c.batch * c.spatial));
  }
}

// y = activation(x * factor + shift + residual) by given statistics.
void normalise(Pool& pool, const volute_batch_norm& c, const NormRows& cut, float* factors) {
  float* const shifts = factors + cut.width;
  for (int64_t j = 0; j < c.channels; j++) {
    const Scale by = scale(c, j);
    factors[j] = by.factor;
    shifts[j] = by.shift;
  }
  spread(c.channels, cut.width, factors);
  spread(c.channels, cut.width, shifts);
  const double elements = static_cast<double>(c.batch * c.spatial * c.channels);
  // Fields of the record are read once: a store of a vector might change them, for all that the compiler knows.
  const float* const x = c.x;
  const float* const residual = c.residual;
  float* const y = c.y;
  with_activation(c.activation, [&](auto activation) {
    pool.run_back(cut.parts, 0.1 * elements, [&](int64_t part) {
      if (residual) {
        each_vector(cut, part, [=](int64_t at, int64_t column) {
          const f32v v = load(x + at) * load(factors + column) + load(shifts + column) + load(residual + at);
          store(y + at, activated(activation, v));
        });
      } else {
        each_vector(cut, part, [=](int64_t at, int64_t column) {
          store(y + at, activated(activation, load(x + at) * load(factors + column) + load(shifts + column)));
        });
      }
    });
  });
}

template <int64_t A>
VOLUTE_INLINE f32v argument_gradient(const float* result, const float* g, int64_t at) {
  return A == VOLUTE_IDENTITY ? load(g + at) : to_argument(A, load(result + at), load(g + at));
}

// Sums of the gradient to the activation's argument over a part, and of its products with x - mean.
template <int64_t A>
void part_sums(const volute_batch_norm& c, const NormRows& cut, int64_t part, const float* mean, float* to) {
  const float* const x = c.x;
  const float* const g = c.g;
  const float* const result = c.result;
  const int64_t channels = c.channels;
  float* const of_g = static_cast<float*>(workspace());
  float* const of_products = of_g + cut.width;
  double* const sum = reinterpret_cast<double*>(of_products + cut.width);
  double* const product = sum + channels;
  std::memset(sum, 0, static_cast<size_t>(2 * channels) * sizeof(double));
  each_chunk(cut, part, [&](const Block& block) {
    sum_columns<2>(block, {of_g, of_products}, [=](int64_t at, int64_t column, f32v(&sums)[2]) {
      const f32v v = argument_gradient<A>(result, g, at);
      sums[0] += v;
      sums[1] += (load(x + at) - load(mean + column)) * v;
    });
    fold(channels, block.width, of_g);
    fold(channels, block.width, of_products);
    for (int64_t j = 0; j < channels; j++) {
      sum[j] += of_g[j];
      product[j] += of_products[j];
    }
  });
  for (int64_t j = 0; j < channels; j++) {
    to[j] = static_cast<float>(sum[j]);
    to[channels + j] = static_cast<float>(product[j]);
  }
}

// What the columns of the gradient to x are multiplied by and moved by: dx = g * of_g + (x - mean) * of_x + constant.
struct GradientScales {
  float *mean, *of_g, *of_x, *constant;

  GradientScales(const NormRows& cut, float* memory)
      : mean(memory), of_g(mean + cut.width), of_x(of_g + cut.width), constant(of_x + cut.width) {}
};

// Stores the gradients to gamma and beta, from the sums of all parts.
void join_sums(const volute_batch_norm& c, const NormRows& cut, const float* sums, const GradientScales& to) {
  const int64_t channels = c.channels;
  for (int64_t j = 0; j < channels; j++) {
    double sum = 0;
    double product = 0;
    for (int64_t part = 0; part < cut.parts; part++) {
      const float* const from = sums + part * gradient_sums_of_channel * channels;
      sum += from[j];
      product += from[channels + j];
    }
    const GradientScale by = gradient_scale(c, j, sum, product);
    to.of_g[j] = by.of_g;
    to.of_x[j] = by.of_x;
    to.constant[j] = by.constant;
  }
  spread(channels, cut.width, to.of_g);
  spread(channels, cut.width, to.of_x);
  spread(channels, cut.width, to.constant);
}

template <int64_t A>
void differentiate(Pool& pool, const volute_batch_norm& c, const NormRows& cut, const GradientScales& by, float* sums) {
  const double elements = static_cast<double>(c.batch * c.spatial * c.channels);
  std::memcpy(by.mean, c.mean, static_cast<size_t>(c.channels) * sizeof(float));
  spread(c.channels, cut.width, by.mean);
  pool.run(cut.parts, 0.1 * elements, [&](int64_t part) {
    part_sums<A>(c, cut, part, by.mean, sums + part * gradient_sums_of_channel * c.channels);
  });
  join_sums(c, cut, sums, by);
  const float* const x = c.x;
  const float* const g = c.g;
  const float* const result = c.result;
  float* const dx = c.y;
  pool.run_back(cut.parts, 0.12 * elements, [&](int64_t part) {
    const GradientScales scales = by;
    each_vector(cut, part, [=](int64_t at, int64_t column) {
      const f32v from_g = argument_gradient<A>(result, g, at) * load(scales.of_g + column);
      const f32v from_x = (load(x + at) - load(scales.mean + column)) * load(scales.of_x + column);
      store(dx + at, from_g + from_x + load(scales.constant + column));
    });
  });
}

// From planes to rows of channels, or back.
void turn(Pool& pool, const volute_batch_norm& c, const float* from, float* to, bool back) {
  const int64_t elements = c.channels * c.spatial;
  pool.run(c.batch, static_cast<double>(c.batch * elements), [&](int64_t image) {
    const float* const x = from + image * elements;
    float* const y = to + image * elements;
    const int64_t inner = back ? c.spatial : c.channels;
    const int64_t outer = elements / maximum(inner, int64_t{1});
    for (int64_t i = 0; i < outer; i++) {
      for (int64_t j = 0; j < inner; j++) {
        y[i * inner + j] = x[j * outer + i];
      }
    }
  });
}

// Calls work(call) with a call whose operands all lie channels last: copies in scratch stand for those that do not.
template <class Work>
void with_rows(Pool& pool, const volute_batch_norm& c, float* copies, const Work& work) {
  const int64_t elements = c.batch * c.channels * c.spatial;
  volute_batch_norm rows = c;
  const auto copy = [&](const float*& operand, int64_t last) {
    if (operand && !last) {
      turn(pool, c, operand, copies, false);
      operand = copies;
      copies += elements;
    }
  };
  copy(rows.x, c.x_last);
  copy(rows.g, c.g_last);
  copy(rows.residual, c.residual_last);
  copy(rows.result, c.result_last);
  rows.y = c.y_last ? c.y : copies;
  work(rows);
  if (!c.y_last) {
    turn(pool, c, rows.y, c.y, true);
  }
}

}  // namespace

void train_rows(Pool& pool, const volute_batch_norm& c) {
  const NormRows cut(c);
  float* const sums = c.scratch + scales_of_column * cut.width;
  with_rows(pool, c, sums + moments_of_channel * cut.parts * c.channels, [&](const volute_batch_norm& rows) {
    statistics(pool, rows, cut, sums);
    normalise(pool, rows, cut, c.scratch);
  });
}

void infer_rows(Pool& pool, const volute_batch_norm& c) {
  const NormRows cut(c);
  with_rows(pool, c, c.scratch + scales_of_column * cut.width,
            [&](const volute_batch_norm& rows) { normalise(pool, rows, cut, c.scratch); });
}

void differentiate_rows(Pool& pool, const volute_batch_norm& c) {
  const NormRows cut(c);
  const GradientScales by(cut, c.scratch);
  float* const sums = c.scratch + gradient_scales_of_column * cut.width;
  with_rows(pool, c, sums + gradient_sums_of_channel * cut.parts * c.channels, [&](const volute_batch_norm& rows) {
    with_activation(c.activation,
                    [&](auto activation) { differentiate<activation.value>(pool, rows, cut, by, sums); });
  });
}

}  // namespace volute::VOLUTE_LEVEL
