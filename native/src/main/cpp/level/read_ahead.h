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

  // Lines of the cache side by side, read ahead some at a time: memory gives them no faster for being asked for many at once,
  // and what computations themselves read waits behind them.
  struct Lines {
    const float* from = nullptr;
    int64_t each = 0;

    void read() {
      for (int64_t i = 0; i < each; i++, from += line) {
        __builtin_prefetch(from, 0, 2);
      }
    }
    Lines from_element(int64_t e) const { return {from + e * each * line, each}; }
  };

  // The next of `left` portions, in so many parts. Where it is not side by side, all but the last piece is read at once.
  Lines portion(int64_t left, int64_t parts) {
    int64_t lines = ceil_div(elements_ - done_, left * line);
    while (lines > 0 && span_ < count_) {
      const Span& span = list_[span_];
      const int64_t some = minimum(lines, ceil_div(span.elements - at_, line));
      Lines piece{span.from + at_, some};
      lines -= some;
      at_ += some * line;
      done_ += some * line;
      if (at_ >= span.elements) {
        done_ += span.elements - at_;
        at_ = 0;
        span_++;
      }
      if (lines == 0 || span_ == count_) {
        return {piece.from, ceil_div(some, parts)};
      }
      piece.read();
    }
    return {};
  }

 private:
  static constexpr int64_t line = 64 / static_cast<int64_t>(sizeof(float));
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
