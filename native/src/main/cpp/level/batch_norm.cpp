// Batch normalisation of [batch, channels, spatial].
#include <cmath>

#include "kernels.h"
#include "strided.h"
#include "transcendental.h"

namespace volute::VOLUTE_LEVEL {
namespace {

constexpr int64_t L = lanes<float>;

VOLUTE_INLINE f32v activated(int64_t activation, f32v v) {
  switch (activation) {
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

// y = activation(x * factor + shift) for one line.
template <int64_t A>
void scaled(const float* x, float factor, float shift, float* y, int64_t n) {
  int64_t i = 0;
  for (; i + L <= n; i += L) {
    store(y + i, activated(A, load(x + i) * factor + shift));
  }
  if (i < n) {
    store_part(y + i, activated(A, load_part(x + i, n - i) * factor + shift), n - i);
  }
}

void scaled(int64_t activation, const float* x, float factor, float shift, float* y, int64_t n) {
  switch (activation) {
    case VOLUTE_ACT_RELU:
      return scaled<VOLUTE_ACT_RELU>(x, factor, shift, y, n);
    case VOLUTE_ACT_TANH:
      return scaled<VOLUTE_ACT_TANH>(x, factor, shift, y, n);
    case VOLUTE_ACT_SIGMOID:
      return scaled<VOLUTE_ACT_SIGMOID>(x, factor, shift, y, n);
    default:
      return scaled<VOLUTE_IDENTITY>(x, factor, shift, y, n);
  }
}

struct Sums {
  double first = 0;
  double second = 0;
};

// Sums of f(x, g) and s(x, g) over a line.
template <class F, class S>
VOLUTE_INLINE Sums sums(const float* x, const float* g, int64_t n, F f, S s) {
  Sums total;
  constexpr int64_t piece = 2048;
  for (int64_t from = 0; from < n; from += piece) {
    const int64_t to = minimum(n, from + piece);
    f32v a{}, b{};
    int64_t i = from;
    for (; i + L <= to; i += L) {
      a += f(load(x + i), load(g + i));
      b += s(load(x + i), load(g + i));
    }
    total.first += static_cast<double>(horizontal_sum<float>(a));
    total.second += static_cast<double>(horizontal_sum<float>(b));
    for (; i < to; i++) {
      total.first += static_cast<double>(f(x[i], g[i]));
      total.second += static_cast<double>(s(x[i], g[i]));
    }
  }
  return total;
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
  const double n = static_cast<double>(c.batch * c.spatial);
  each_channel(pool, c, 0.5, [&](int64_t channel) {
    double sum = 0;
    for (int64_t b = 0; b < c.batch; b++) {
      const float* x = c.x + (b * c.channels + channel) * c.spatial;
      sum += sums(x, x, c.spatial, [](auto v, auto) { return v; }, [](auto v, auto) { return v; }).first;
    }
    const float mean = static_cast<float>(sum / n);
    Sums off;
    for (int64_t b = 0; b < c.batch; b++) {
      const float* x = c.x + (b * c.channels + channel) * c.spatial;
      const Sums s = sums(
          x, x, c.spatial, [mean](auto v, auto) { return v - mean; },
          [mean](auto v, auto) { return (v - mean) * (v - mean); });
      off.first += s.first;
      off.second += s.second;
    }
    // The mean as a float is a little off; the squares are corrected for that.
    const double shift = off.first / n;
    const float variance = static_cast<float>(off.second / n - shift * shift);
    c.mean[channel] = mean;
    c.variance[channel] = variance;
    const float factor = static_cast<float>(c.gamma[channel] / std::sqrt(static_cast<double>(variance) + c.epsilon));
    const float add = c.beta[channel] - mean * factor;
    for (int64_t b = 0; b < c.batch; b++) {
      const int64_t at = (b * c.channels + channel) * c.spatial;
      scaled(c.activation, c.x + at, factor, add, c.y + at, c.spatial);
    }
  });
  return VOLUTE_OK;
}

int run_batch_norm_inference(Pool& pool, volute_batch_norm& c) {
  each_channel(pool, c, 0.2, [&](int64_t channel) {
    const double root = std::sqrt(static_cast<double>(c.variance[channel]) + c.epsilon);
    const float factor = static_cast<float>(c.gamma[channel] / root);
    const float add = c.beta[channel] - c.mean[channel] * factor;
    for (int64_t b = 0; b < c.batch; b++) {
      const int64_t at = (b * c.channels + channel) * c.spatial;
      scaled(c.activation, c.x + at, factor, add, c.y + at, c.spatial);
    }
  });
  return VOLUTE_OK;
}

int run_batch_norm_gradient(Pool& pool, volute_batch_norm& c) {
  const double n = static_cast<double>(c.batch * c.spatial);
  each_channel(pool, c, 0.6, [&](int64_t channel) {
    const float mean = c.mean[channel];
    const double r = 1 / std::sqrt(static_cast<double>(c.variance[channel]) + c.epsilon);
    double sum = 0;
    double product = 0;
    for (int64_t b = 0; b < c.batch; b++) {
      const int64_t at = (b * c.channels + channel) * c.spatial;
      const Sums s = sums(
          c.x + at, c.g + at, c.spatial, [](auto, auto g) { return g; },
          [mean](auto x, auto g) { return (x - mean) * g; });
      sum += s.first;
      product += s.second;
    }
    c.dbeta[channel] = static_cast<float>(sum);
    c.dgamma[channel] = static_cast<float>(product * r);
    const double scale = c.gamma[channel] * r;
    const float of_g = static_cast<float>(scale);
    const float of_x = static_cast<float>(-scale * r * r * product / n);
    const float constant = static_cast<float>(-scale * sum / n);
    for (int64_t b = 0; b < c.batch; b++) {
      const int64_t at = (b * c.channels + channel) * c.spatial;
      const float* x = c.x + at;
      const float* g = c.g + at;
      float* dx = c.y + at;
      for (int64_t i = 0; i < c.spatial; i++) {
        dx[i] = g[i] * of_g + (x[i] - mean) * of_x + constant;
      }
    }
  });
  return VOLUTE_OK;
}

}  // namespace volute::VOLUTE_LEVEL
