// What the tests of kernels share: memory of the library's own, a context, and expectations.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "volute.h"

// How many expectations have failed.
extern int failures;

void expect_close(double expected, double actual, double tolerance, const char* what, int64_t at);
void expect(bool condition, const char* what);

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

// [batch, channels, pixels] with the channels of each pixel side by side, or the way back.
Floats reordered(const Floats& x, int64_t batch, int64_t channels, bool back);

std::vector<int32_t> reordered(const std::vector<int32_t>& x, int64_t batch, int64_t channels, bool back);

// The bound of the conformance kit for sums whose operands may be transformed.
void expect_sums(const std::vector<double>& expected, const std::vector<double>& magnitude, int64_t terms,
                 const Floats& actual, const char* what);

struct Convolved {
  Floats y, dx, dw;
};

volute_convolution convolution(int64_t n, int64_t c, int64_t h, int64_t w, int64_t f, int64_t kernel, int64_t stride,
                               int64_t pad, int64_t dilation, int64_t groups);
Convolved convolve(Context& context, volute_convolution call, const Floats& x, const Floats& w, const Floats& g);
void test_convolution(Context& context);
void test_chain(Context& one, Context& many);
void test_max_pool(Context& context);
void test_average_pool(Context& context);
void test_batch_norm(Context& one, Context& many);
void test_recurrent(Context& one, Context& many);
