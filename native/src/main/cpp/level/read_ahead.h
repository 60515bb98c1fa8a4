#pragma once

#include "simd.h"

namespace volute::VOLUTE_LEVEL {

// Memory that a block of work will read or write, brought into the second-level cache a portion at a time while the block
// before is computed.
class ReadAhead {
 public:
  // Spans that are too many are left out.
  void add(const float* from, int64_t elements) {
    if (count_ > 0 && from == list_[count_ - 1].from + list_[count_ - 1].elements) {
      list_[count_ - 1].elements += elements;
    } else if (count_ < most_spans) {
      list_[count_++] = {from, elements};
    } else {
      return;
    }
    elements_ += elements;
  }

  // The next of `left` portions.
  void portion(int64_t left) {
    constexpr int64_t line = 64 / static_cast<int64_t>(sizeof(float));
    for (int64_t lines = ceil_div(elements_ - done_, left * line); lines > 0 && span_ < count_; lines--) {
      __builtin_prefetch(list_[span_].from + at_, 0, 2);
      at_ += line;
      done_ += line;
      if (at_ >= list_[span_].elements) {
        done_ += list_[span_].elements - at_;
        at_ = 0;
        span_++;
      }
    }
  }

 private:
  static constexpr int64_t most_spans = 64;
  struct Span {
    const float* from;
    int64_t elements;
  };
  Span list_[most_spans];
  int64_t count_ = 0, elements_ = 0;
  int64_t span_ = 0, at_ = 0, done_ = 0;
};

}  // namespace volute::VOLUTE_LEVEL
