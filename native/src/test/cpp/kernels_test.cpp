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

#if defined(__SSE__)
// Products below the smallest normal number are 0 on every thread, and the caller's arithmetic stays as it was.
void test_subnormals(Context& context) {
  const int64_t n = 100003;
  const Floats a(n), b(n), out(n);
  for (int64_t i = 0; i < n; i++) {
    a[i] = 1e-30f, b[i] = 1e-10f;
  }
  With<volute_strided, 4> call{};
  call.record = {{VOLUTE_ELEMENTWISE, 0, 0, 0}, VOLUTE_MULTIPLY, VOLUTE_F32, VOLUTE_F32, 0, 2,
                 {out.get(), a.get(), b.get(), nullptr}, 0, 1};
  const int64_t shape[] = {n, 1, 1, 1};
  std::copy(shape, shape + 4, call.behind);
  expect(context.run(call) == VOLUTE_OK, "elementwise");
  for (int64_t i = 0; i < n; i++) {
    expect(out[i] == 0, "a subnormal product is 0");
  }
  volatile float own = 1e-30f;
  expect(own * 1e-10f != 0, "the caller's subnormal numbers stay");
}
#endif

// Lines of outputs side by side, of few inputs and of so many that threads share them, along one axis and two.
void test_reduce(Context& one, Context& many) {
  for (const auto& s : {std::array<int64_t, 3>{3, 1, 9}, {5, 300, 17}, {40, 70, 256}, {2000, 3, 100}, {7, 9, 300}}) {
    const int64_t outer = s[0], inner = s[1], columns = s[2], gap = 2;
    const Floats x(outer * inner * (columns + gap), 1);
    x[columns / 2] = NAN;
    for (int64_t function : {VOLUTE_SUM, VOLUTE_MAX, VOLUTE_MIN}) {
      for (int64_t axes = 1; axes <= 2; axes++) {
        With<volute_reduce, 7> call{};
        call.record.call.kind = VOLUTE_REDUCE;
        call.record.function = function, call.record.dtype = VOLUTE_F32, call.record.in = x.get();
        call.record.kept = 1, call.record.reduced = axes;
        const int64_t row = columns + gap;
        const int64_t shape[] = {columns, 1, 1, axes == 1 ? outer * inner : outer, inner, inner * row, row};
        const int64_t line[] = {columns, 1, 1, outer * inner, row, 0, 0};
        std::copy(axes == 1 ? line : shape, (axes == 1 ? line : shape) + 7, call.behind);
        const Floats alone(columns), shared(columns);
        call.record.out = alone.get();
        expect(one.run(call) == VOLUTE_OK, "reduce");
        call.record.out = shared.get();
        expect(many.run(call) == VOLUTE_OK, "reduce");
        expect(alone.same(shared), "threads do not change a bit of a reduction");
        for (int64_t j = 0; j < columns; j++) {
          double expected = function == VOLUTE_SUM ? 0 : x[j];
          for (int64_t i = 0; i < outer * inner; i++) {
            const double v = x[i * row + j];
            const bool taken = function == VOLUTE_MAX ? v > expected : v < expected;
            expected = function == VOLUTE_SUM ? expected + v : taken ? v : expected;
          }
          expect_close(expected, shared[j], 1e-4, "reduce", j);
        }
      }
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
#if defined(__SSE__)
    test_subnormals(many);
#endif
    test_reduce(one, many);
    test_matmul(many);
    test_convolution(many);
    test_chain(one, many);
    test_packed_linear(many);
    test_index_error(many);
    test_max_pool(many);
    test_average_pool(many);
    test_batch_norm(one, many);
    test_recurrent(one, many);
    test_callers_at_once(many);
    std::printf("level %lld: %s\n", static_cast<long long>(level), failures == 0 ? "passed" : "failed");
  }
  expect(volute_allocate(INT64_MAX) == nullptr && volute_allocate(-1) == nullptr, "impossible memory is refused");
  return failures == 0 ? 0 : 1;
}
