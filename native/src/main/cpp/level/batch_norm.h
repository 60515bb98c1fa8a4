// What batch normalisation of planes and of rows of channels share.
#pragma once

#include <cmath>
#include <type_traits>

#include "kernels.h"
#include "strided.h"
#include "transcendental.h"

namespace volute::VOLUTE_LEVEL {

VOLUTE_INLINE f32v activated(int64_t activation, f32v v) {
  switch (activation) {
    case VOLUTE_ACT_RELU:
      return relu(v);
    case VOLUTE_ACT_TANH:
      return tanh(v);
    case VOLUTE_ACT_SIGMOID:
      return sigmoid(v);
    case VOLUTE_ACT_RELU6:
      return relu6(v);
    default:
      return v;
  }
}

// What a gradient to activation(x) = y becomes before the activation.
VOLUTE_INLINE f32v to_argument(int64_t activation, f32v y, f32v g) {
  switch (activation) {
    case VOLUTE_ACT_RELU:
      return y > f32v{} ? g : f32v{};
    case VOLUTE_ACT_TANH:
      return g * (1.0f - y * y);
    case VOLUTE_ACT_SIGMOID:
      return g * y * (1.0f - y);
    case VOLUTE_ACT_RELU6:
      return (y > f32v{}) & (y < broadcast(6.0f)) ? g : f32v{};
    default:
      return g;
  }
}

// Calls work(constant) with the activation as a compile-time constant.
template <class Work>
void with_activation(int64_t activation, const Work& work) {
  switch (activation) {
    case VOLUTE_ACT_RELU:
      return work(std::integral_constant<int64_t, VOLUTE_ACT_RELU>{});
    case VOLUTE_ACT_TANH:
      return work(std::integral_constant<int64_t, VOLUTE_ACT_TANH>{});
    case VOLUTE_ACT_SIGMOID:
      return work(std::integral_constant<int64_t, VOLUTE_ACT_SIGMOID>{});
    case VOLUTE_ACT_RELU6:
      return work(std::integral_constant<int64_t, VOLUTE_ACT_RELU6>{});
    default:
      return work(std::integral_constant<int64_t, VOLUTE_IDENTITY>{});
  }
}

// y = activation(x * factor + shift + residual)
struct Scale {
  float factor, shift;
};

inline Scale scale(const volute_batch_norm& c, int64_t channel) {
  const double root = std::sqrt(static_cast<double>(c.variance[channel]) + c.epsilon);
  const float factor = static_cast<float>(c.gamma[channel] / root);
  return {factor, c.beta[channel] - c.mean[channel] * factor};
}

// dx = g * of_g + (x - mean) * of_x + constant
struct GradientScale {
  float of_g, of_x, constant;
};

// Stores the gradients to gamma and beta; `sum` is that of the gradient to the activation's argument, `product` that of its
// products with x - mean.
inline GradientScale gradient_scale(const volute_batch_norm& c, int64_t channel, double sum, double product) {
  const double n = static_cast<double>(c.batch * c.spatial);
  const double r = 1 / std::sqrt(static_cast<double>(c.variance[channel]) + c.epsilon);
  c.dbeta[channel] = static_cast<float>(sum);
  c.dgamma[channel] = static_cast<float>(product * r);
  const double scale = c.gamma[channel] * r;
  return {static_cast<float>(scale), static_cast<float>(-scale * r * r * product / n),
          static_cast<float>(-scale * sum / n)};
}

// Whether some operand lies channels last: then all are taken as rows of channels.
inline bool by_rows(const volute_batch_norm& c) {
  return c.x_last || c.y_last || c.g_last || c.residual_last || c.result_last;
}

void train_rows(Pool& pool, const volute_batch_norm& c);
void infer_rows(Pool& pool, const volute_batch_norm& c);
void differentiate_rows(Pool& pool, const volute_batch_norm& c);

}  // namespace volute::VOLUTE_LEVEL
