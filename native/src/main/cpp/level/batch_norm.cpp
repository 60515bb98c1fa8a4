// Batch normalisation of [batch, channels, spatial]: one channel after the other, which mostly stays in the cache from
// the first look at it to the last.
#include <cmath>

#include "kernels.h"
#include "strided.h"
#include "transcendental.h"

namespace volute::VOLUTE_LEVEL {
namespace {

constexpr int64_t L = lanes<float>;

template <int64_t A>
VOLUTE_INLINE f32v activated(f32v v) {
  switch (A) {
    case VOLUTE_ACT_RELU:
      return relu(v);
    case VOLUTE_ACT_TANH:
      return tanh(v);
    case VOLUTE_ACT_SIGMOID:
      return sigmoid(v);
    default:
      return v;
  }
}

// The gradient to an activation's argument, from its result and the gradient to that.
template <int64_t A>
VOLUTE_INLINE f32v activation_gradient(f32v y, f32v g) {
  switch (A) {
    case VOLUTE_ACT_RELU:
      return y > 0 ? g : f32v{};
    case VOLUTE_ACT_TANH:
      return g * (1 - y * y);
    case VOLUTE_ACT_SIGMOID:
      return g * y * (1 - y);
    default:
      return g;
  }
}

// Calls work(at, count) for every vector of a line, the last of which may be a part.
template <class Work>
VOLUTE_INLINE void each_vector(int64_t n, const Work& work) {
  int64_t i = 0;
  for (; i + L <= n; i += L) {
    work(i, L);
  }
  if (i < n) {
    work(i, n - i);
  }
}

VOLUTE_INLINE f32v get(const float* p, int64_t count) { return count == L ? load(p) : load_part(p, count); }

VOLUTE_INLINE void put(float* p, f32v v, int64_t count) {
  if (count == L) {
    store(p, v);
  } else {
    store_part(p, v, count);
  }
}

// y = activation(x * factor + shift + residual) for one line; the residual may be null.
template <int64_t A>
void scaled(const float* x, float factor, float shift, const float* residual, float* y, int64_t n) {
  if (residual) {
    each_vector(n, [&](int64_t i, int64_t count) {
      put(y + i, activated<A>(get(x + i, count) * factor + shift + get(residual + i, count)), count);
    });
  } else {
    each_vector(n, [&](int64_t i, int64_t count) {
      put(y + i, activated<A>(get(x + i, count) * factor + shift), count);
    });
  }
}

using Scaled = void (*)(const float*, float, float, const float*, float*, int64_t);

Scaled scaled_of(int64_t activation) {
  switch (activation) {
    case VOLUTE_ACT_RELU:
      return scaled<VOLUTE_ACT_RELU>;
    case VOLUTE_ACT_TANH:
      return scaled<VOLUTE_ACT_TANH>;
    case VOLUTE_ACT_SIGMOID:
      return scaled<VOLUTE_ACT_SIGMOID>;
    default:
      return scaled<VOLUTE_IDENTITY>;
  }
}

// Two sums over the lines of a channel: each lane adds up some hundred terms in single precision, and these sums are
// added up in double precision.
class Sums {
 public:
  VOLUTE_INLINE void add(f32v first, f32v second) {
    a_ += first;
    b_ += second;
  }

  // To be called after each line, of n elements at most.
  void line(int64_t n) {
    terms_ += n;
    if (terms_ >= piece) {
      flush();
    }
  }

  double first() {
    flush();
    return first_;
  }

  double second() {
    flush();
    return second_;
  }

  static constexpr int64_t piece = 128 * L;

 private:
  void flush() {
    first_ += static_cast<double>(horizontal_sum<float>(a_));
    second_ += static_cast<double>(horizontal_sum<float>(b_));
    a_ = f32v{};
    b_ = f32v{};
    terms_ = 0;
  }

  f32v a_{}, b_{};
  int64_t terms_ = 0;
  double first_ = 0;
  double second_ = 0;
};

// Adds terms(at, count), two vectors with zeros behind `count`, for every vector of a line.
template <class Terms>
VOLUTE_INLINE void sum_line(Sums& sums, int64_t n, const Terms& terms) {
  for (int64_t from = 0; from < n; from += Sums::piece) {
    const int64_t length = minimum(Sums::piece, n - from);
    Sums line = sums;
    each_vector(length, [&](int64_t i, int64_t count) { terms(line, from + i, count); });
    line.line(length);
    sums = line;
  }
}

VOLUTE_INLINE f32v below(f32v v, int64_t count) { return count == L ? v : (f32v)((i32v)v & first_lanes(count)); }

template <class Work>
void each_channel(Pool& pool, const volute_batch_norm& c, double nanoseconds, const Work& work) {
  const int64_t elements = c.batch * c.channels * c.spatial;
  each_range(pool, 0, c.channels, elements, static_cast<double>(elements) * nanoseconds, [&](const Range& range) {
    for (int64_t channel = range.from; channel < range.to; channel++) {
      work(channel);
    }
  });
}

// Calls work(at) for the line of each sample.
template <class Work>
VOLUTE_INLINE void each_sample(const volute_batch_norm& c, int64_t channel, const Work& work) {
  for (int64_t b = 0; b < c.batch; b++) {
    work((b * c.channels + channel) * c.spatial);
  }
}

template <int64_t A>
void gradient(const volute_batch_norm& c, int64_t channel) {
  const double n = static_cast<double>(c.batch * c.spatial);
  const float mean = c.mean[channel];
  const double r = 1 / std::sqrt(static_cast<double>(c.variance[channel]) + c.epsilon);
  const auto to_argument = [&](int64_t at, int64_t count) {
    const f32v to = get(c.g + at, count);
    return A == VOLUTE_IDENTITY ? to : activation_gradient<A>(get(c.result + at, count), to);
  };
  Sums sums;
  each_sample(c, channel, [&](int64_t at) {
    sum_line(sums, c.spatial, [&](Sums& line, int64_t i, int64_t count) {
      const f32v to = to_argument(at + i, count);
      line.add(to, below((get(c.x + at + i, count) - mean) * to, count));
    });
  });
  const double sum = sums.first();
  const double product = sums.second();
  c.dbeta[channel] = static_cast<float>(sum);
  c.dgamma[channel] = static_cast<float>(product * r);
  const double scale = c.gamma[channel] * r;
  const float of_g = static_cast<float>(scale);
  const float of_x = static_cast<float>(-scale * r * r * product / n);
  const float constant = static_cast<float>(-scale * sum / n);
  each_sample(c, channel, [&](int64_t at) {
    each_vector(c.spatial, [&](int64_t i, int64_t count) {
      const f32v x = get(c.x + at + i, count);
      put(c.y + at + i, to_argument(at + i, count) * of_g + (x - mean) * of_x + constant, count);
    });
  });
}

}  // namespace

int run_batch_norm_training(Pool& pool, volute_batch_norm& c) {
  const double n = static_cast<double>(c.batch * c.spatial);
  const Scaled scale = scaled_of(c.activation);
  each_channel(pool, c, 0.5, [&](int64_t channel) {
    Sums plain;
    each_sample(c, channel, [&](int64_t at) {
      sum_line(plain, c.spatial, [&](Sums& line, int64_t i, int64_t count) {
        line.add(get(c.x + at + i, count), f32v{});
      });
    });
    const float mean = static_cast<float>(plain.first() / n);
    Sums off;
    each_sample(c, channel, [&](int64_t at) {
      sum_line(off, c.spatial, [&](Sums& line, int64_t i, int64_t count) {
        const f32v centred = below(get(c.x + at + i, count) - mean, count);
        line.add(centred, centred * centred);
      });
    });
    // The mean as a float is a little off; the squares are corrected for that.
    const double shift = off.first() / n;
    const float variance = static_cast<float>(off.second() / n - shift * shift);
    c.mean[channel] = mean;
    c.variance[channel] = variance;
    const float factor = static_cast<float>(c.gamma[channel] / std::sqrt(static_cast<double>(variance) + c.epsilon));
    const float add = c.beta[channel] - mean * factor;
    each_sample(c, channel, [&](int64_t at) {
      scale(c.x + at, factor, add, c.residual ? c.residual + at : nullptr, c.y + at, c.spatial);
    });
  });
  return VOLUTE_OK;
}

int run_batch_norm_inference(Pool& pool, volute_batch_norm& c) {
  const Scaled scale = scaled_of(c.activation);
  each_channel(pool, c, 0.2, [&](int64_t channel) {
    const double root = std::sqrt(static_cast<double>(c.variance[channel]) + c.epsilon);
    const float factor = static_cast<float>(c.gamma[channel] / root);
    const float add = c.beta[channel] - c.mean[channel] * factor;
    each_sample(c, channel,
                [&](int64_t at) { scale(c.x + at, factor, add, nullptr, c.y + at, c.spatial); });
  });
  return VOLUTE_OK;
}

int run_batch_norm_gradient(Pool& pool, volute_batch_norm& c) {
  each_channel(pool, c, 0.6, [&](int64_t channel) {
    switch (c.activation) {
      case VOLUTE_ACT_RELU:
        return gradient<VOLUTE_ACT_RELU>(c, channel);
      case VOLUTE_ACT_TANH:
        return gradient<VOLUTE_ACT_TANH>(c, channel);
      case VOLUTE_ACT_SIGMOID:
        return gradient<VOLUTE_ACT_SIGMOID>(c, channel);
      default:
        return gradient<VOLUTE_IDENTITY>(c, channel);
    }
  });
  return VOLUTE_OK;
}

}  // namespace volute::VOLUTE_LEVEL
