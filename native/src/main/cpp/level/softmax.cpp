// Softmax over rows, cross-entropy, and their gradients.
#include <cmath>

#include "kernels.h"
#include "strided.h"
#include "transcendental.h"

namespace volute::VOLUTE_LEVEL {
namespace {

constexpr int64_t L = lanes<float>;

VOLUTE_INLINE float largest(const float* x, int64_t n) {
  float result = x[0];
  int64_t i = 0;
  if (n >= L) {
    f32v v = load(x);
    for (i = L; i + L <= n; i += L) {
      const f32v y = load(x + i);
      v = (v > y) | (v != v) ? v : y;
    }
    for (int l = 0; l < L; l++) {
      result = result > v[l] || result != result ? result : v[l];
    }
  }
  for (; i < n; i++) {
    result = result > x[i] || result != result ? result : x[i];
  }
  return result;
}

// y = exp(x - top) and the sum of y.
VOLUTE_INLINE float exponentials(const float* x, float top, float* y, int64_t n) {
  f32v sum{};
  float total = 0;
  int64_t i = 0;
  for (; i + L <= n; i += L) {
    const f32v e = exp(load(x + i) - top);
    store(y + i, e);
    sum += e;
  }
  if (i < n) {
    const f32v e = exp(load_part(x + i, n - i) - top);
    store_part(y + i, e, n - i);
    for (int64_t l = 0; l < n - i; l++) {
      total += e[l];
    }
  }
  return total + horizontal_sum<float>(sum);
}

VOLUTE_INLINE void scale(float* y, float by, int64_t n) {
  for (int64_t i = 0; i < n; i++) {
    y[i] *= by;
  }
}

template <class Work>
void each_row(Pool& pool, const volute_softmax& c, double nanoseconds, const Work& work) {
  each_range(pool, 0, c.rows, c.rows * c.classes, static_cast<double>(c.rows * c.classes) * nanoseconds,
             [&](const Range& range) {
               for (int64_t row = range.from; row < range.to; row++) {
                 work(row, row * c.classes);
               }
             });
}

}  // namespace

int run_softmax(Pool& pool, volute_softmax& c) {
  each_row(pool, c, 0.6, [&](int64_t, int64_t at) {
    const float* x = c.x + at;
    float* y = c.y + at;
    scale(y, 1 / exponentials(x, largest(x, c.classes), y, c.classes), c.classes);
  });
  return VOLUTE_OK;
}

int run_softmax_gradient(Pool& pool, volute_softmax& c) {
  each_row(pool, c, 0.4, [&](int64_t, int64_t at) {
    const float* y = c.x + at;
    const float* g = c.g + at;
    f32v sum{};
    int64_t i = 0;
    for (; i + L <= c.classes; i += L) {
      sum += load(y + i) * load(g + i);
    }
    float total = 0;
    for (; i < c.classes; i++) {
      total += y[i] * g[i];
    }
    total += horizontal_sum<float>(sum);
    float* out = c.y + at;
    for (i = 0; i < c.classes; i++) {
      out[i] = y[i] * (g[i] - total);
    }
  });
  return VOLUTE_OK;
}

int run_cross_entropy(Pool& pool, volute_softmax& c) {
  for (int64_t row = 0; row < c.rows; row++) {
    if (c.labels[row] < -1 || c.labels[row] >= c.classes) {
      c.call.position = row;
      c.call.index = c.labels[row];
      c.call.bound = c.classes;
      return VOLUTE_INDEX_OUT_OF_RANGE;
    }
  }
  each_row(pool, c, 0.6, [&](int64_t row, int64_t at) {
    const float* x = c.x + at;
    const int32_t label = c.labels[row];
    const float top = largest(x, c.classes);
    const float chosen = label < 0 ? 0 : x[label];
    const float sum = exponentials(x, top, c.y + at, c.classes);
    scale(c.y + at, 1 / sum, c.classes);
    // The difference first: beside large logits the logarithm would lose its digits.
    c.loss[row] = label < 0 ? 0 : std::log(sum) + (top - chosen);
  });
  return VOLUTE_OK;
}

int run_cross_entropy_gradient(Pool& pool, volute_softmax& c) {
  each_row(pool, c, 0.2, [&](int64_t row, int64_t at) {
    const float* p = c.x + at;
    float* out = c.y + at;
    const int32_t label = c.labels[row];
    if (label < 0) {
      std::memset(out, 0, static_cast<size_t>(c.classes) * sizeof(float));
      return;
    }
    const float g = c.g[row];
    for (int64_t i = 0; i < c.classes; i++) {
      out[i] = (p[i] - (i == label ? 1.0f : 0.0f)) * g;
    }
  });
  return VOLUTE_OK;
}

}  // namespace volute::VOLUTE_LEVEL
