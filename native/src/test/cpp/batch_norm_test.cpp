// Batch normalisation and its gradient against double-precision loops, in every mixture of formats.
#include <algorithm>
#include <cmath>
#include <vector>

#include "testing.h"

namespace {

struct Operands {
  Floats x, gamma, beta, residual, g, mean, variance, y, dx, dgamma, dbeta;

  Operands(int64_t n, int64_t channels)
      : x(n, 1), gamma(channels, 4), beta(channels, 5), residual(n, 2), g(n, 3), mean(channels), variance(channels), y(n),
        dx(n), dgamma(channels), dbeta(channels) {
    for (int64_t i = 0; i < n; i++) {
      x[i] += 100;
    }
  }
};

// Runs the call and its gradient in a mixture of formats, by its bits: x, y (then result), residual (then g), dx.
Operands normalise(Context& context, int64_t batch, int64_t channels, int64_t spatial, int64_t formats) {
  Operands o(batch * channels * spatial, channels);
  const auto turned = [&](const Floats& operand, int64_t last, bool back) {
    return reordered(operand, batch, last ? channels : 1, back);
  };
  volute_batch_norm c{};
  c.batch = batch, c.channels = channels, c.spatial = spatial, c.activation = VOLUTE_ACT_RELU, c.epsilon = 0.1;
  c.gamma = o.gamma.get(), c.beta = o.beta.get(), c.mean = o.mean.get(), c.variance = o.variance.get();
  c.x_last = formats & 1, c.y_last = formats >> 1 & 1, c.residual_last = formats >> 2 & 1;
  c.g_last = c.result_last = c.y_last;
  const Floats x = turned(o.x, c.x_last, false), residual = turned(o.residual, c.residual_last, false);
  const Floats y(x.size()), dx(x.size());
  c.x = x.get(), c.residual = residual.get(), c.y = y.get();
  const auto run = [&](int64_t kind, const char* what) {
    c.call.kind = kind;
    const Floats scratch(volute_scratch(&c.call));
    c.scratch = scratch.get();
    expect(context.run(c) == VOLUTE_OK, what);
  };
  run(VOLUTE_BATCH_NORM_TRAINING, "batch norm");
  o.y = turned(y, c.y_last, true);
  // With the statistics just found, prediction without a residual is training without one.
  const Floats predicted(x.size());
  c.residual = nullptr, c.residual_last = c.y_last;
  run(VOLUTE_BATCH_NORM_TRAINING, "batch norm without residual");
  const Floats trained = turned(y, c.y_last, true);
  c.y = predicted.get();
  run(VOLUTE_BATCH_NORM_INFERENCE, "batch norm by given statistics");
  expect(turned(predicted, c.y_last, true).same(trained), "the same statistics give the same bits");
  const Floats result = turned(o.y, c.y_last, false);
  c.g_last = formats >> 2 & 1, c.result_last = c.y_last, c.y_last = c.residual_last = formats >> 3 & 1;
  const Floats g = turned(o.g, c.g_last, false);
  c.g = g.get(), c.result = result.get(), c.y = dx.get(), c.dgamma = o.dgamma.get(), c.dbeta = o.dbeta.get();
  run(VOLUTE_BATCH_NORM_GRADIENT, "batch norm gradient");
  o.dx = turned(dx, c.y_last, true);
  return o;
}

void expect_equations(const Operands& o, int64_t batch, int64_t channels, int64_t spatial) {
  for (int64_t channel = 0; channel < channels; channel++) {
    const double count = static_cast<double>(batch * spatial);
    std::vector<int64_t> elements;
    for (int64_t i = 0; i < batch * spatial; i++) {
      elements.push_back((i / spatial * channels + channel) * spatial + i % spatial);
    }
    double m = 0, v = 0, to_beta = 0, to_gamma = 0;
    for (int64_t at : elements) {
      m += o.x[at] / count;
    }
    for (int64_t at : elements) {
      v += (o.x[at] - m) * (o.x[at] - m) / count;
    }
    const double r = 1 / std::sqrt(v + 0.1);
    for (int64_t at : elements) {
      const double expected = o.gamma[channel] * (o.x[at] - m) * r + o.beta[channel] + o.residual[at];
      expect_close(std::max(0.0, expected), o.y[at], 1e-4, "batch norm", at);
      to_beta += o.y[at] > 0 ? o.g[at] : 0.0;
      to_gamma += o.y[at] > 0 ? o.g[at] * (o.x[at] - m) * r : 0.0;
    }
    expect_close(m, o.mean[channel], 1e-5, "mean", channel);
    expect_close(v, o.variance[channel], 1e-5 * v + 1e-12, "variance", channel);
    expect_close(to_beta, o.dbeta[channel], 1e-3, "beta's gradient", channel);
    expect_close(to_gamma, o.dgamma[channel], 1e-2, "gamma's gradient", channel);
    for (int64_t at : elements) {
      const double at_argument = o.y[at] > 0 ? o.g[at] : 0.0;
      const double centred = at_argument - to_beta / count - (o.x[at] - m) * r * to_gamma / count;
      expect_close(o.gamma[channel] * r * centred, o.dx[at], 1e-4, "batch norm gradient", at);
    }
  }
}

}  // namespace

void test_batch_norm(Context& one, Context& many) {
  struct Size {
    int64_t batch, channels, spatial;
  };
  // Lines shorter and longer than vectors and blocks.
  for (const Size& s : {Size{3, 2, 1}, {3, 2, 7}, {3, 2, 49}, {3, 2, 64}, {3, 2, 4200}}) {
    expect_equations(normalise(many, s.batch, s.channels, s.spatial, 0), s.batch, s.channels, s.spatial);
  }
  // Less than a row of channels, rows with elements behind them, many chunks in several parts.
  for (const Size& s : {Size{1, 16, 3}, {3, 16, 131}, {5, 16, 900}, {2, 32, 77}, {3, 48, 35}, {2, 64, 300}, {3, 208, 50},
                        {40, 128, 4}, {600, 64, 1}}) {
    for (int64_t formats = 1; formats < 16; formats++) {
      const Operands a = normalise(one, s.batch, s.channels, s.spatial, formats);
      const Operands b = normalise(many, s.batch, s.channels, s.spatial, formats);
      expect(a.y.same(b.y) && a.dx.same(b.dx) && a.dgamma.same(b.dgamma), "threads do not change a bit of batch norm");
      if (formats == 15 || formats % 4 == 1) {
        expect_equations(b, s.batch, s.channels, s.spatial);
      }
    }
  }
}
