// Optimizer updates, in place or not: an output is its input or apart from it, so elements do not depend on each other.
#include <cmath>

#include "kernels.h"
#include "strided.h"

namespace volute::VOLUTE_LEVEL {

int run_sgd(Pool& pool, volute_update& c) {
  const float rate = *c.rate;
  const float momentum = static_cast<float>(c.beta1);
  const float decay = static_cast<float>(c.weight_decay);
  each_range(pool, 0, c.elements, c.elements, static_cast<double>(c.elements) * 0.3, [&](const Range& range) {
    const float* p = c.parameter_in;
    const float* g = c.gradient;
    float* out = c.parameter;
    if (!c.first) {
#pragma GCC ivdep
      for (int64_t i = range.from; i < range.to; i++) {
        out[i] = p[i] - rate * (g[i] + decay * p[i]);
      }
      return;
    }
    const float* v = c.first_in;
    float* velocity = c.first;
    const float ahead = c.flag ? momentum : 1.0f;
    const float now = c.flag ? 1.0f : 0.0f;
#pragma GCC ivdep
    for (int64_t i = range.from; i < range.to; i++) {
      const float gradient = g[i] + decay * p[i];
      const float next = momentum * v[i] + gradient;
      const float step = now * gradient + ahead * next;
      velocity[i] = next;
      out[i] = p[i] - rate * step;
    }
  });
  return VOLUTE_OK;
}

int run_adam(Pool& pool, volute_update& c) {
  const double step = *c.step;
  const double rate = *c.rate;
  const float beta1 = static_cast<float>(c.beta1);
  const float beta2 = static_cast<float>(c.beta2);
  const float rest1 = static_cast<float>(1 - c.beta1);
  const float rest2 = static_cast<float>(1 - c.beta2);
  const float epsilon = static_cast<float>(c.epsilon);
  const float pace = static_cast<float>(rate / (1 - std::pow(c.beta1, step)));
  const float root = static_cast<float>(1 / std::sqrt(1 - std::pow(c.beta2, step)));
  const float keep = c.flag ? static_cast<float>(1 - rate * c.weight_decay) : 1.0f;
  const float decay = c.flag ? 0.0f : static_cast<float>(c.weight_decay);
  each_range(pool, 0, c.elements, c.elements, static_cast<double>(c.elements) * 0.6, [&](const Range& range) {
    const float* p = c.parameter_in;
    const float* g = c.gradient;
    const float* m = c.first_in;
    const float* v = c.second_in;
    float* out = c.parameter;
    float* first = c.first;
    float* second = c.second;
#pragma GCC ivdep
    for (int64_t i = range.from; i < range.to; i++) {
      const float gradient = g[i] + decay * p[i];
      const float m1 = beta1 * m[i] + rest1 * gradient;
      const float v1 = beta2 * v[i] + rest2 * gradient * gradient;
      const float old = p[i] * keep;
      first[i] = m1;
      second[i] = v1;
      out[i] = old - pace * m1 / (std::sqrt(v1) * root + epsilon);
    }
  });
  return VOLUTE_OK;
}

}  // namespace volute::VOLUTE_LEVEL
