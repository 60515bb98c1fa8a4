// Batch normalisation of [batch, channels, spatial], channel by channel.
#include "batch_norm.h"

namespace volute::VOLUTE_LEVEL {
namespace {

constexpr int64_t L = lanes<float>;

// Elements of one channel that stay in the first-level cache: a part of one line, or several short lines.
struct Block {
  int64_t at;
  int64_t lines, stride;
  int64_t length;

  int64_t elements() const { return lines * length; }
};

template <class Work>
VOLUTE_INLINE void each_block(const volute_batch_norm& c, int64_t channel, const Work& work) {
  constexpr int64_t most = 4096;
  const int64_t lines = maximum(int64_t{1}, most / maximum(c.spatial, int64_t{1}));
  for (int64_t b = 0; b < c.batch; b += lines) {
    for (int64_t i = 0; i < c.spatial; i += most) {
      work(Block{(b * c.channels + channel) * c.spatial + i, minimum(lines, c.batch - b), c.channels * c.spatial,
                 minimum(most, c.spatial - i)});
    }
  }
}

// Calls work(u, at, count) for every vector of the block: `count` elements, one vector unless a line ends; u counts to 4.
template <class Work>
VOLUTE_INLINE void each_vector(const Block& block, const Work& work) {
  const int64_t length = block.length;
  const int64_t end = block.at + block.lines * block.stride;
  const int64_t stride = block.stride;
  for (int64_t at = block.at; at < end; at += stride) {
    int64_t i = 0;
    for (; i + 4 * L <= length; i += 4 * L) {
#pragma GCC unroll 4
      for (int64_t u = 0; u < 4; u++) {
        work(u, at + i + u * L, L);
      }
    }
    if (i == length) {
      continue;
    }
#pragma GCC unroll 4
    for (int64_t u = 0; u < 4; u++) {
      const int64_t rest = length - i - u * L;
      if (rest >= L) {
        work(u, at + i + u * L, L);
      } else if (rest > 0) {
        work(u, at + i + u * L, rest);
      }
    }
  }
}

// The same in plain order: what stores much gains nothing from sums apart.
template <class Work>
VOLUTE_INLINE void each_vector_in_order(const Block& block, const Work& work) {
  for (int64_t line = 0; line < block.lines; line++) {
    const int64_t at = block.at + line * block.stride;
    int64_t i = 0;
    for (; i + L <= block.length; i += L) {
      work(at + i, L);
    }
    if (i < block.length) {
      work(at + i, block.length - i);
    }
  }
}

// Four sums that do not wait for each other.
struct Sum {
  f32v part[4] = {};
  double total() const {
    return static_cast<double>(horizontal_sum<float>((part[0] + part[1]) + (part[2] + part[3])));
  }
};

VOLUTE_INLINE f32v kept(f32v v, int64_t count) { return count == L ? v : first_lanes(count) ? v : f32v{}; }

// Elements, their mean and the sum of their squared distances from it.
struct Moments {
  double n = 0;
  double mean = 0;
  double squares = 0;

  // Together with those of other elements (Chan, Golub and LeVeque, 1979).
  void add(const Moments& other) {
    const double all = n + other.n;
    const double apart = other.mean - mean;
    squares += other.squares + apart * apart * n * other.n / all;
    mean += apart * other.n / all;
    n = all;
  }
};

// Summed about the block's own mean, so that a mean far from zero costs no digits.
Moments moments(const float* x, const Block& block) {
  const double n = static_cast<double>(block.elements());
  Sum sum;
  each_vector(block, [&](int64_t u, int64_t at, int64_t count) { sum.part[u] += load_part(x + at, count); });
  const float near = static_cast<float>(sum.total() / n);
  Sum off, squares;
  each_vector(block, [&](int64_t u, int64_t at, int64_t count) {
    const f32v d = kept(load_part(x + at, count) - near, count);
    off.part[u] += d;
    squares.part[u] += d * d;
  });
  const double shift = off.total() / n;
  return {n, static_cast<double>(near) + shift, maximum(0.0, squares.total() - shift * shift * n)};
}

void scale_channel(const volute_batch_norm& c, int64_t channel) {
  const Scale by = scale(c, channel);
  // Fields of the record are read once: a store of a vector might change them, for all that the compiler knows.
  const float* const x = c.x;
  const float* const residual = c.residual;
  float* const y = c.y;
  with_activation(c.activation, [&](auto activation) {
    each_block(c, channel, [&](const Block& block) {
      if (residual) {
        each_vector_in_order(block, [=](int64_t at, int64_t n) {
          const f32v v = load_part(x + at, n) * by.factor + by.shift + load_part(residual + at, n);
          store_part(y + at, activated(activation, v), n);
        });
      } else {
        each_vector_in_order(block, [=](int64_t at, int64_t n) {
          store_part(y + at, activated(activation, load_part(x + at, n) * by.factor + by.shift), n);
        });
      }
    });
  });
}

template <int64_t A>
VOLUTE_INLINE f32v argument_gradient(const float* result, const float* g, int64_t n) {
  return A == VOLUTE_IDENTITY ? load_part(g, n) : to_argument(A, load_part(result, n), load_part(g, n));
}

template <int64_t A>
void gradient_of_channel(const volute_batch_norm& c, int64_t channel) {
  const float* const x = c.x;
  const float* const g = c.g;
  const float* const result = A == VOLUTE_IDENTITY ? c.g : c.result;
  float* const dx = c.y;
  const float mean = c.mean[channel];
  double sum = 0;
  double product = 0;
  each_block(c, channel, [&](const Block& block) {
    Sum of_g, of_products;
    each_vector(block, [&](int64_t u, int64_t at, int64_t count) {
      const f32v v = argument_gradient<A>(result + at, g + at, count);
      of_g.part[u] += v;
      of_products.part[u] += kept((load_part(x + at, count) - mean) * v, count);
    });
    sum += of_g.total();
    product += of_products.total();
  });
  const GradientScale by = gradient_scale(c, channel, sum, product);
  each_block(c, channel, [&](const Block& block) {
    each_vector_in_order(block, [=](int64_t at, int64_t count) {
      const f32v v = argument_gradient<A>(result + at, g + at, count);
      store_part(dx + at, v * by.of_g + (load_part(x + at, count) - mean) * by.of_x + by.constant, count);
    });
  });
}

template <class Work>
void each_channel(Pool& pool, const volute_batch_norm& c, double nanoseconds, const Work& work) {
  const int64_t elements = c.batch * c.channels * c.spatial;
  each_range(pool, 0, c.channels, elements, static_cast<double>(elements) * nanoseconds, [&](const Range& range) {
    for (int64_t channel = range.from; channel < range.to; channel++) {
      work(channel);
    }
  });
}

}  // namespace

int run_batch_norm_training(Pool& pool, volute_batch_norm& c) {
  if (by_rows(c)) {
    train_rows(pool, c);
    return VOLUTE_OK;
  }
  each_channel(pool, c, 0.15, [&](int64_t channel) {
    Moments all;
    each_block(c, channel, [&](const Block& block) { all.add(moments(c.x, block)); });
    c.mean[channel] = static_cast<float>(all.mean);
    c.variance[channel] = static_cast<float>(all.squares / static_cast<double>(c.batch * c.spatial));
    scale_channel(c, channel);
  });
  return VOLUTE_OK;
}

int run_batch_norm_inference(Pool& pool, volute_batch_norm& c) {
  if (by_rows(c)) {
    infer_rows(pool, c);
    return VOLUTE_OK;
  }
  each_channel(pool, c, 0.1, [&](int64_t channel) { scale_channel(c, channel); });
  return VOLUTE_OK;
}

int run_batch_norm_gradient(Pool& pool, volute_batch_norm& c) {
  if (by_rows(c)) {
    differentiate_rows(pool, c);
    return VOLUTE_OK;
  }
  with_activation(c.activation, [&](auto activation) {
    each_channel(pool, c, 0.25, [&](int64_t channel) { gradient_of_channel<activation.value>(c, channel); });
  });
  return VOLUTE_OK;
}

}  // namespace volute::VOLUTE_LEVEL
