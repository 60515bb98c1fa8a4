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

Floats reordered(const Floats& x, int64_t batch, int64_t channels, bool back) {
  const int64_t pixels = x.size() / (batch * channels);
  Floats result(x.size());
  for (int64_t n = 0; n < batch; n++) {
    for (int64_t channel = 0; channel < channels; channel++) {
      for (int64_t i = 0; i < pixels; i++) {
        const int64_t plane = (n * channels + channel) * pixels + i;
        const int64_t last = (n * pixels + i) * channels + channel;
        result[back ? plane : last] = x[back ? last : plane];
      }
    }
  }
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
