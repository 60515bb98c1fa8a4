// Kernels against double-precision loops, on every instruction set of this processor. Run under the address and
// undefined-behaviour sanitizers: it checks as much that kernels stay inside their memory as that they are right.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

#include "testing.h"

namespace {

template <class Record, int N>
struct With {
  Record record;
  int64_t behind[N];
};

constexpr int64_t awkward[] = {1, 2, 3, 7, 13, 17, 31, 64, 65, 100, 127};

void test_elementwise(Context& context) {
  for (int64_t n : awkward) {
    const Floats a(n * 2, 1), b(n, 2), out(n);
    With<volute_strided, 4> call{};
    call.record = {{VOLUTE_ELEMENTWISE, 0, 0, 0}, VOLUTE_MULTIPLY, VOLUTE_F32, VOLUTE_F32, 0, 2,
                   {out.get(), a.get() + 2 * (n - 1), b.get(), nullptr}, 0, 1};
    const int64_t shape[] = {n, 1, -2, 1};
    std::copy(shape, shape + 4, call.behind);
    expect(context.run(call) == VOLUTE_OK, "elementwise");
    for (int64_t i = 0; i < n; i++) {
      expect_close(double{a[2 * (n - 1 - i)]} * b[i], out[i], 1e-6, "backward product", i);
    }
  }
}

void test_matmul(Context& context) {
  const int64_t sizes[][3] = {{1, 1, 1}, {3, 7, 2}, {13, 17, 31}, {65, 100, 127}, {1, 513, 300}, {130, 50, 257}};
  for (const auto& s : sizes) {
    const int64_t m = s[0], n = s[1], k = s[2];
    for (int transposed = 0; transposed < 4; transposed++) {
      const bool ta = transposed & 1, tb = transposed & 2;
      const Floats a(m * k, 3), b(k * n, 4), out(m * n, 5);
      volute_matmul call{};
      call.call.kind = VOLUTE_MATMUL;
      call.dtype = VOLUTE_F32;
      call.m = m, call.n = n, call.k = k;
      call.alpha = 1;
      call.out = out.get(), call.a = a.get(), call.b = b.get();
      call.out_row = n, call.out_column = 1;
      call.a_row = ta ? 1 : k, call.a_column = ta ? m : 1;
      call.b_row = tb ? 1 : n, call.b_column = tb ? k : 1;
      expect(context.run(call) == VOLUTE_OK, "matmul");
      for (int64_t i = 0; i < m; i++) {
        for (int64_t j = 0; j < n; j++) {
          double sum = 0;
          for (int64_t p = 0; p < k; p++) {
            sum += double{a[i * call.a_row + p * call.a_column]} * b[p * call.b_row + j * call.b_column];
          }
          expect_close(sum, out[i * n + j], 1e-5 * std::sqrt(static_cast<double>(k)), "matmul", i * n + j);
        }
      }
    }
  }
}

// Forward without places, in the other mixtures of formats, against the row-major result; all planes are of one image.
void expect_pooled_formats(Context& context, volute_pool call, const Floats& x, const Floats& y) {
  call.index = nullptr;
  call.channels = call.planes;
  const Floats x_last = reordered(x, 1, call.planes, false);
  for (int64_t formats = 1; formats < 4; formats++) {
    call.x_last = formats & 1, call.y_last = formats >> 1;
    const Floats result(y.size());
    call.x = (call.x_last ? x_last : x).get(), call.y = result.get();
    expect(context.run(call) == VOLUTE_OK, "max pool in formats");
    const Floats back = reordered(result, 1, call.y_last ? call.planes : 1, true);
    for (int64_t i = 0; i < y.size(); i++) {
      expect_close(y[i], back[i], 0, "max pool in formats", i);
    }
  }
}

// Against windows taken cell by cell, with images that end inside a vector.
void test_max_pool(Context& context) {
  struct Size {
    int64_t height, width, window, stride, pad;
  };
  for (const Size& s : {Size{6, 6, 2, 2, 0}, Size{7, 41, 2, 2, 0}, Size{9, 70, 3, 2, 1}, Size{5, 37, 3, 1, 1},
                        Size{8, 23, 2, 3, 0}, Size{3, 3, 3, 1, 2}, Size{11, 12, 5, 2, 2}}) {
    const int64_t planes = 3, oh = (s.height + 2 * s.pad - s.window) / s.stride + 1;
    const int64_t ow = (s.width + 2 * s.pad - s.window) / s.stride + 1;
    const Floats x(planes * s.height * s.width, 1), y(planes * oh * ow), dx(x.size(), 7), g(y.size(), 2);
    x[1] = x[2], x[s.width] = NAN, x[x.size() - 1] = -INFINITY;
    std::vector<int32_t> index(static_cast<size_t>(y.size()));
    volute_pool c{};
    c.call.kind = VOLUTE_MAX_POOL;
    c.planes = planes, c.height = s.height, c.width = s.width, c.out_height = oh, c.out_width = ow;
    c.window_y = c.window_x = s.window, c.stride_y = c.stride_x = s.stride, c.pad_y = c.pad_x = s.pad;
    c.x = x.get(), c.y = y.get(), c.index = index.data();
    expect(context.run(c) == VOLUTE_OK, "max pool");
    std::vector<double> expected(static_cast<size_t>(x.size()));
    for (int64_t o = 0; o < y.size(); o++) {
      const int64_t plane = o / (oh * ow), top = o / ow % oh * s.stride - s.pad, left = o % ow * s.stride - s.pad;
      double best = 0;
      int64_t at = -1, cell = 0;
      for (int64_t k = 0; k < s.window * s.window; k++) {
        const int64_t i = top + k / s.window, j = left + k % s.window;
        if (i >= 0 && i < s.height && j >= 0 && j < s.width) {
          const int64_t here = (plane * s.height + i) * s.width + j;
          if (at < 0 || x[here] > best || (std::isnan(x[here]) && !std::isnan(best))) {
            best = x[here], at = k, cell = here;
          }
        }
      }
      expect_close(best, y[o], 0, "max pool", o);
      expect(at == index[static_cast<size_t>(o)], "index of max pool");
      expected[static_cast<size_t>(cell)] += double{g[o]};
    }
    expect_pooled_formats(context, c, x, y);
    c.call.kind = VOLUTE_MAX_POOL_GRADIENT;
    c.x = dx.get(), c.y = g.get();
    expect(context.run(c) == VOLUTE_OK, "max pool gradient");
    for (int64_t i = 0; i < dx.size(); i++) {
      expect_close(expected[static_cast<size_t>(i)], dx[i], 1e-5, "max pool gradient", i);
    }
  }
}

// Lines shorter and longer than vectors and blocks, about a mean far from zero.
void test_batch_norm(Context& context) {
  for (int64_t spatial : {int64_t{1}, int64_t{7}, int64_t{49}, int64_t{64}, int64_t{4200}}) {
    const int64_t batch = 3, channels = 2, n = batch * channels * spatial;
    const Floats x(n, 1), residual(n, 2), g(n, 3), gamma(channels, 4), beta(channels, 5), y(n), dx(n);
    const Floats mean(channels), variance(channels), dgamma(channels), dbeta(channels);
    for (int64_t i = 0; i < n; i++) {
      x[i] += 100;
    }
    volute_batch_norm c{};
    c.call.kind = VOLUTE_BATCH_NORM_TRAINING;
    c.batch = batch, c.channels = channels, c.spatial = spatial, c.activation = VOLUTE_ACT_RELU, c.epsilon = 0.1;
    c.x = x.get(), c.gamma = gamma.get(), c.beta = beta.get(), c.mean = mean.get(), c.variance = variance.get();
    c.y = y.get(), c.residual = residual.get();
    expect(context.run(c) == VOLUTE_OK, "batch norm");
    c.call.kind = VOLUTE_BATCH_NORM_GRADIENT;
    c.y = dx.get(), c.g = g.get(), c.dgamma = dgamma.get(), c.dbeta = dbeta.get(), c.result = y.get();
    expect(context.run(c) == VOLUTE_OK, "batch norm gradient");
    for (int64_t channel = 0; channel < channels; channel++) {
      const double count = static_cast<double>(batch * spatial);
      std::vector<int64_t> elements;
      for (int64_t i = 0; i < batch * spatial; i++) {
        elements.push_back((i / spatial * channels + channel) * spatial + i % spatial);
      }
      double m = 0, v = 0, to_beta = 0, to_gamma = 0;
      for (int64_t at : elements) {
        m += x[at] / count;
      }
      for (int64_t at : elements) {
        v += (x[at] - m) * (x[at] - m) / count;
      }
      const double r = 1 / std::sqrt(v + c.epsilon);
      for (int64_t at : elements) {
        const double expected = gamma[channel] * (x[at] - m) * r + beta[channel] + residual[at];
        expect_close(std::max(0.0, expected), y[at], 1e-4, "batch norm", at);
        to_beta += y[at] > 0 ? g[at] : 0.0;
        to_gamma += y[at] > 0 ? g[at] * (x[at] - m) * r : 0.0;
      }
      expect_close(m, mean[channel], 1e-5, "mean", channel);
      expect_close(v, variance[channel], 1e-5 * v + 1e-12, "variance", channel);
      expect_close(to_beta, dbeta[channel], 1e-3, "beta's gradient", channel);
      expect_close(to_gamma, dgamma[channel], 1e-2, "gamma's gradient", channel);
      for (int64_t at : elements) {
        const double at_argument = y[at] > 0 ? g[at] : 0.0;
        const double centred = at_argument - to_beta / count - (x[at] - m) * r * to_gamma / count;
        expect_close(gamma[channel] * r * centred, dx[at], 1e-4, "batch norm gradient", at);
      }
    }
  }
}

void test_index_error(Context& context) {
  const Floats table(12, 9), out(6);
  const int32_t indices[] = {0, 4};
  With<volute_gather, 6> call{};
  call.record.call.kind = VOLUTE_GATHER;
  call.record.dtype = VOLUTE_F32;
  call.record.table = table.get(), call.record.indices = indices, call.record.values = out.get();
  call.record.rows = 4, call.record.row_stride = 3, call.record.index_rank = 1, call.record.row_rank = 1;
  const int64_t shape[] = {2, 1, 3, 3, 1, 1};
  std::copy(shape, shape + 6, call.behind);
  expect(context.run(call) == VOLUTE_INDEX_OUT_OF_RANGE, "an index outside is refused");
  expect(call.record.call.position == 1 && call.record.call.index == 4 && call.record.call.bound == 4,
         "the index's place is told");
}

// Every cell on awkward sizes: for the sanitizers, and that threads change nothing.
// Few rows, one step, and rows enough for threads to share them.
void test_recurrent(Context& one, Context& many) {
  struct Size {
    int64_t batch, time, inputs, units;
  };
  for (int64_t at = 0; at < 20; at++) {
    const int64_t cell = at % 5;
    const Size size = std::vector<Size>{{5, 4, 7, 19}, {2, 3, 5, 130}, {1, 1, 6, 33}, {37, 2, 3, 17}}[at / 5];
    const int64_t batch = size.batch, time = size.time, inputs = size.inputs, units = size.units;
    const int64_t gates = cell == VOLUTE_CELL_LSTM ? 4 : cell >= VOLUTE_CELL_GRU ? 3 : 1;
    const int64_t sequence = batch * time * units, state = batch * units, width = gates * units;
    const Floats x(batch * time * inputs, 1), h0(state, 2), c0(state, 3), wx(inputs * width, 4), wh(units * width, 5);
    const Floats b(width, 6), bh(units, 7), gy(sequence, 8), gh(state, 9), gc(state, 10);
    std::vector<Floats> results;
    for (Context* context : {&one, &many}) {
      Floats y(sequence), last(state), c_last(state), reserve(5 * sequence), dx(x.size()), dh0(state), dc0(state);
      Floats dwx(wx.size()), dwh(wh.size()), db(width), dbh(units), y_packed(sequence);
      volute_recurrent c{};
      c.cell = cell;
      c.batch = batch, c.time = time, c.inputs = inputs, c.units = units;
      c.x = x.get(), c.h0 = h0.get(), c.c0 = c0.get(), c.wx = wx.get(), c.wh = wh.get(), c.b = b.get(), c.bh = bh.get();
      c.y = y.get(), c.h_last = last.get(), c.c_last = c_last.get(), c.reserve = reserve.get();
      c.gy = gy.get(), c.gh = gh.get(), c.gc = gc.get();
      c.dx = dx.get(), c.dh0 = dh0.get(), c.dc0 = dc0.get(), c.dwx = dwx.get(), c.dwh = dwh.get();
      c.db = db.get(), c.dbh = dbh.get();
      for (int64_t kind : {VOLUTE_RECURRENT, VOLUTE_RECURRENT_GRADIENT}) {
        c.call.kind = kind;
        const Floats scratch(volute_scratch(&c.call));
        c.scratch = scratch.get();
        expect(context->run(c) == VOLUTE_OK, "recurrent");
      }
      c.call.kind = VOLUTE_PACK_RECURRENT;
      const Floats packed(volute_scratch(&c.call));
      c.packed = packed.get();
      expect(context->run(c) == VOLUTE_OK, "packed recurrent weights");
      c.call.kind = VOLUTE_RECURRENT;
      c.wh = nullptr;
      c.y = y_packed.get();
      const Floats scratch(volute_scratch(&c.call));
      c.scratch = scratch.get();
      expect(context->run(c) == VOLUTE_OK, "recurrent with packed weights");
      expect(y.same(y_packed), "packed weights do not change a bit of a recurrence");
      results.push_back(std::move(y));
      results.push_back(std::move(dwh));
      results.push_back(std::move(dx));
    }
    for (size_t i = 0; i < 3; i++) {
      expect(results[i].same(results[i + 3]), "threads do not change a bit of a recurrence");
    }
  }
}

// Few tiles, so that threads share filters; many, so that they share tiles.
void test_threads(Context& one, Context& many) {
  for (int64_t batch : {1, 5}) {
    const volute_convolution c = convolution(batch, 65, 14, 13, 100, 3, 1, 1, 1, 1);
    const Floats x(batch * 65 * 182, 1), w(100 * 65 * 9, 2), g(batch * 100 * 182, 3);
    const Convolved a = convolve(one, c, x, w, g), b = convolve(many, c, x, w, g);
    expect(a.y.same(b.y) && a.dx.same(b.dx) && a.dw.same(b.dw), "threads do not change a bit of a convolution");
  }
}

// Panels of a weight packed before, of a row or of many, that fill no vectors.
void test_packed_linear(Context& context) {
  for (const auto& s : {std::array<int64_t, 3>{1, 300, 129}, {3, 17, 33}, {7, 259, 101}, {130, 65, 5}}) {
    const int64_t rows = s[0], inputs = s[1], outputs = s[2];
    const Floats x(rows * inputs, 1), w(inputs * outputs, 2), bias(outputs, 3);
    volute_linear call{};
    call.rows = rows, call.inputs = inputs, call.outputs = outputs;
    call.x = x.get(), call.w = w.get(), call.bias = bias.get();
    call.call.kind = VOLUTE_PACK_LINEAR;
    const Floats packed(volute_scratch(&call.call));
    call.packed = packed.get();
    expect(context.run(call) == VOLUTE_OK, "packing of a weight");
    call.call.kind = VOLUTE_LINEAR;
    const Floats out(rows * outputs);
    call.out = out.get();
    expect(context.run(call) == VOLUTE_OK, "packed linear");
    std::vector<double> y(static_cast<size_t>(out.size())), magnitude(y.size());
    for (int64_t i = 0; i < out.size(); i++) {
      const size_t at = static_cast<size_t>(i);
      y[at] = bias[i % outputs];
      magnitude[at] = std::fabs(y[at]);
      for (int64_t k = 0; k < inputs; k++) {
        const double term = double{x[i / outputs * inputs + k]} * w[k * outputs + i % outputs];
        y[at] += term;
        magnitude[at] += std::fabs(term);
      }
    }
    expect_sums(y, magnitude, inputs + 1, out, "packed linear");
  }
}

// Several callers on one context: each result is what it would be alone.
void test_callers_at_once(Context& context) {
  const volute_convolution c = convolution(8, 6, 14, 14, 16, 3, 1, 1, 1, 1);
  const Floats x(8 * 6 * 196, 1), w(16 * 6 * 9, 2), g(8 * 16 * 196, 3);
  const Convolved alone = convolve(context, c, x, w, g);
  std::vector<std::thread> callers;
  for (int i = 0; i < 3; i++) {
    callers.emplace_back([&] {
      for (int round = 0; round < 5; round++) {
        const Convolved result = convolve(context, c, x, w, g);
        expect(result.y.same(alone.y) && result.dx.same(alone.dx) && result.dw.same(alone.dw), "callers at once");
      }
    });
  }
  for (std::thread& caller : callers) {
    caller.join();
  }
}

}  // namespace

int main() {
  for (int64_t level = VOLUTE_BASELINE; level <= volute_best_level(); level++) {
    Context one(1, level);
    Context many(3, level);
    test_threads(one, many);
    test_elementwise(many);
    test_matmul(many);
    test_convolution(many);
    test_packed_linear(many);
    test_index_error(many);
    test_max_pool(many);
    test_batch_norm(many);
    test_recurrent(one, many);
    test_callers_at_once(many);
    std::printf("level %lld: %s\n", static_cast<long long>(level), failures == 0 ? "passed" : "failed");
  }
  expect(volute_allocate(INT64_MAX) == nullptr && volute_allocate(-1) == nullptr, "impossible memory is refused");
  return failures == 0 ? 0 : 1;
}
