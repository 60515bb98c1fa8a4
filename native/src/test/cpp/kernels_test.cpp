// Kernels against double-precision loops, on every instruction set of this processor. Run under the address and
// undefined-behaviour sanitizers: it checks as much that kernels stay inside their memory as that they are right.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <thread>
#include <vector>

#include "volute.h"

namespace {

int failures = 0;

void expect_close(double expected, double actual, double tolerance, const char* what, int64_t at) {
  if (expected != actual && !(std::fabs(expected - actual) <= tolerance) &&
      !(std::isnan(expected) && std::isnan(actual))) {
    std::printf("FAILED %s at %lld: expected %.9g, got %.9g\n", what, static_cast<long long>(at), expected, actual);
    failures++;
  }
}

void expect(bool condition, const char* what) {
  if (!condition) {
    std::printf("FAILED %s\n", what);
    failures++;
  }
}

// Floats in memory of the library's own.
class Floats {
 public:
  explicit Floats(int64_t n, uint32_t seed = 0)
      : size_(n), data_(static_cast<float*>(volute_allocate(n * 4)), volute_free) {
    for (int64_t i = 0; i < n; i++) {
      seed = seed * 1664525u + 1013904223u;
      data_.get()[i] = static_cast<float>(static_cast<double>(seed) / 2147483648.0 - 1);
    }
  }
  float* get() const { return data_.get(); }
  float& operator[](int64_t i) const { return data_.get()[i]; }
  int64_t size() const { return size_; }
  bool same(const Floats& other) const {
    return std::memcmp(get(), other.get(), static_cast<size_t>(size_) * 4) == 0;
  }

 private:
  int64_t size_;
  std::unique_ptr<float, void (*)(void*)> data_;
};

class Context {
 public:
  Context(int64_t threads, int64_t level) {
    expect(volute_open(threads, level, nullptr, nullptr, &context_) == VOLUTE_OK, "open");
  }
  ~Context() { volute_close(context_); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  template <class Record>
  int run(Record& record) {
    return volute_run(context_, reinterpret_cast<volute_call*>(&record));
  }

 private:
  volute_context* context_ = nullptr;
};

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

struct Convolved {
  Floats y, dx, dw;
};

volute_convolution convolution(int64_t n, int64_t c, int64_t h, int64_t w, int64_t f, int64_t kernel, int64_t stride,
                               int64_t pad, int64_t dilation, int64_t groups) {
  volute_convolution call{};
  call.batch = n, call.channels = c, call.height = h, call.width = w;
  call.filters = f, call.kernel_height = kernel, call.kernel_width = kernel, call.groups = groups;
  call.out_height = (h + 2 * pad - dilation * (kernel - 1) - 1) / stride + 1;
  call.out_width = (w + 2 * pad - dilation * (kernel - 1) - 1) / stride + 1;
  call.stride_y = call.stride_x = stride;
  call.pad_y = call.pad_x = pad;
  call.dilation_y = call.dilation_x = dilation;
  return call;
}

Convolved convolve(Context& context, volute_convolution call, const Floats& x, const Floats& w, const Floats& g) {
  Convolved result{Floats(g.size()), Floats(x.size()), Floats(w.size())};
  for (int64_t kind = VOLUTE_CONVOLUTION; kind <= VOLUTE_CONVOLUTION_FILTER_GRADIENT; kind++) {
    call.call.kind = kind;
    call.x = kind == VOLUTE_CONVOLUTION_INPUT_GRADIENT ? result.dx.get() : x.get();
    call.w = kind == VOLUTE_CONVOLUTION_FILTER_GRADIENT ? result.dw.get() : w.get();
    call.y = kind == VOLUTE_CONVOLUTION ? result.y.get() : g.get();
    const Floats scratch(volute_scratch(&call.call));
    call.scratch = scratch.get();
    expect(context.run(call) == VOLUTE_OK, "convolution");
  }
  return result;
}

// The bound of the conformance kit for sums whose operands may be transformed.
void expect_sums(const std::vector<double>& expected, const std::vector<double>& magnitude, int64_t terms,
                 const Floats& actual, const char* what) {
  const double largest = *std::max_element(magnitude.begin(), magnitude.end());
  const double bound = 4 * static_cast<double>(terms + 2) * std::ldexp(largest, -24);
  for (int64_t i = 0; i < actual.size(); i++) {
    expect_close(expected[static_cast<size_t>(i)], actual[i], bound, what, i);
  }
}

void test_convolution(Context& context) {
  const int64_t cases[][10] = {{1, 1, 5, 5, 1, 3, 1, 0, 1, 1},  {2, 3, 13, 11, 7, 3, 2, 1, 1, 1},
                               {3, 4, 9, 9, 6, 2, 1, 3, 2, 2},  {2, 20, 12, 12, 50, 5, 1, 0, 1, 1},
                               {1, 8, 7, 7, 8, 3, 1, 1, 1, 8},  {9, 2, 3, 64, 17, 1, 1, 0, 1, 1},
                               {2, 2, 3, 3, 2, 2, 1, 5, 1, 1},
                               // One channel a group.
                               {2, 37, 9, 11, 37, 3, 2, 1, 1, 37}, {1, 20, 17, 5, 40, 3, 1, 2, 2, 20},
                               {1, 3, 40, 130, 3, 3, 1, 1, 1, 3},
                               // With pixels as rows: in place, cut into phases, in bands.
                               {2, 65, 7, 7, 50, 1, 1, 0, 1, 1}, {1, 33, 15, 14, 49, 3, 2, 1, 1, 1},
                               {2, 3, 31, 29, 64, 7, 2, 3, 1, 1}, {1, 17, 19, 9, 32, 3, 3, 1, 2, 1},
                               {1, 80, 9, 17, 96, 1, 2, 0, 1, 1}, {1, 300, 49, 49, 16, 5, 3, 2, 1, 1},
                               // Gradients to images by remainders of the strides, some of which no cell meets.
                               {3, 16, 13, 12, 33, 3, 2, 1, 1, 1}, {2, 5, 14, 9, 12, 2, 3, 0, 1, 1},
                               // Gradients of filters from parts of rows, several images at once, patches side by side.
                               {1, 2, 3, 700, 3, 3, 1, 1, 1, 1}, {12, 3, 10, 9, 20, 3, 1, 1, 1, 1},
                               {5, 6, 8, 8, 9, 2, 2, 0, 1, 1},
                               // By minimal filtering, with tiles cut off on every side.
                               {2, 16, 17, 13, 20, 3, 1, 1, 1, 1}, {1, 64, 14, 14, 65, 3, 1, 0, 1, 1},
                               {7, 31, 31, 7, 17, 3, 1, 2, 1, 1}, {9, 13, 4, 65, 100, 3, 1, 1, 1, 1},
                               {3, 9, 64, 3, 31, 3, 1, 1, 1, 1}, {40, 17, 3, 4, 31, 3, 1, 1, 1, 1}};
  constexpr size_t first_minimal = 21;
  for (const auto& s : cases) {
    const volute_convolution c = convolution(s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7], s[8], s[9]);
    const int64_t channels = c.channels / c.groups, filters = c.filters / c.groups;
    const Floats x(c.batch * c.channels * c.height * c.width, 6);
    const Floats w(c.filters * channels * c.kernel_height * c.kernel_width, 7);
    const Floats g(c.batch * c.filters * c.out_height * c.out_width, 8);
    std::vector<double> y(static_cast<size_t>(g.size())), dx(static_cast<size_t>(x.size())),
        dw(static_cast<size_t>(w.size()));
    std::vector<double> y_magnitude(y.size()), dx_magnitude(dx.size()), dw_magnitude(dw.size());
    int64_t at = 0;
    for (int64_t n = 0; n < c.batch; n++)
      for (int64_t f = 0; f < c.filters; f++)
        for (int64_t oy = 0; oy < c.out_height; oy++)
          for (int64_t ox = 0; ox < c.out_width; ox++, at++)
            for (int64_t k = 0; k < channels * c.kernel_height * c.kernel_width; k++) {
              const int64_t channel = f / filters * channels + k / (c.kernel_height * c.kernel_width);
              const int64_t iy = oy * c.stride_y - c.pad_y + k / c.kernel_width % c.kernel_height * c.dilation_y;
              const int64_t ix = ox * c.stride_x - c.pad_x + k % c.kernel_width * c.dilation_x;
              if (iy < 0 || iy >= c.height || ix < 0 || ix >= c.width) {
                continue;
              }
              const int64_t in = ((n * c.channels + channel) * c.height + iy) * c.width + ix;
              const int64_t cell = f * channels * c.kernel_height * c.kernel_width + k;
              y[static_cast<size_t>(at)] += double{x[in]} * w[cell];
              dx[static_cast<size_t>(in)] += double{g[at]} * w[cell];
              dw[static_cast<size_t>(cell)] += double{g[at]} * x[in];
              y_magnitude[static_cast<size_t>(at)] += std::fabs(double{x[in]} * w[cell]);
              dx_magnitude[static_cast<size_t>(in)] += std::fabs(double{g[at]} * w[cell]);
              dw_magnitude[static_cast<size_t>(cell)] += std::fabs(double{g[at]} * x[in]);
            }
    const Convolved actual = convolve(context, c, x, w, g);
    const int64_t cells = c.kernel_height * c.kernel_width;
    expect_sums(y, y_magnitude, channels * cells, actual.y, "y");
    expect_sums(dx, dx_magnitude, filters * cells, actual.dx, "dx");
    expect_sums(dw, dw_magnitude, c.batch * c.out_height * c.out_width, actual.dw, "dw");
    if (&s >= cases + first_minimal) {
      volute_convolution call = c;
      for (int64_t kind :
           {VOLUTE_CONVOLUTION, VOLUTE_CONVOLUTION_INPUT_GRADIENT, VOLUTE_CONVOLUTION_FILTER_GRADIENT}) {
        call.call.kind = kind;
        expect(volute_scratch(&call.call) > 3 * w.size(), "filters are transformed");
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
