#include "testing.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

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

// Calls move(to, from) for each element of [batch, channels, pixels] that goes to the other format.
template <class Move>
static void each_move(int64_t size, int64_t batch, int64_t channels, bool back, const Move& move) {
  const int64_t pixels = size / (batch * channels);
  for (int64_t n = 0; n < batch; n++) {
    for (int64_t channel = 0; channel < channels; channel++) {
      for (int64_t i = 0; i < pixels; i++) {
        const int64_t plane = (n * channels + channel) * pixels + i;
        const int64_t last = (n * pixels + i) * channels + channel;
        move(back ? plane : last, back ? last : plane);
      }
    }
  }
}

Floats reordered(const Floats& x, int64_t batch, int64_t channels, bool back) {
  Floats result(x.size());
  each_move(x.size(), batch, channels, back, [&](int64_t to, int64_t from) { result[to] = x[from]; });
  return result;
}

std::vector<int32_t> reordered(const std::vector<int32_t>& x, int64_t batch, int64_t channels, bool back) {
  std::vector<int32_t> result(x.size());
  each_move(static_cast<int64_t>(x.size()), batch, channels, back, [&](int64_t to, int64_t from) {
    result[static_cast<size_t>(to)] = x[static_cast<size_t>(from)];
  });
  return result;
}

void expect_sums(const std::vector<double>& expected, const std::vector<double>& magnitude, int64_t terms,
                 const Floats& actual, const char* what) {
  const double largest = *std::max_element(magnitude.begin(), magnitude.end());
  const double bound = 4 * static_cast<double>(terms + 2) * std::ldexp(largest, -24);
  for (int64_t i = 0; i < actual.size(); i++) {
    expect_close(expected[static_cast<size_t>(i)], actual[i], bound, what, i);
  }
}
