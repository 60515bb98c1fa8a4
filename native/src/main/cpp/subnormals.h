// Results below the smallest normal number.
#pragma once

#if defined(__SSE__)
#include <xmmintrin.h>
#endif

namespace volute {

// As long as one lives, the results of its thread that are below the smallest normal number become 0. Vanishing gradients
// are full of them, and some processors are many times slower with them. The contract allows it; the thread that
// calls into the library finds its own setting again. On other processors than x86 nothing changes.
class FlushSubnormals {
 public:
#if defined(__SSE__)
  FlushSubnormals() : before_(_mm_getcsr()) { _mm_setcsr(before_ | flush_to_zero); }
  ~FlushSubnormals() { _mm_setcsr(before_); }
#else
  FlushSubnormals() {}
#endif
  FlushSubnormals(const FlushSubnormals&) = delete;
  FlushSubnormals& operator=(const FlushSubnormals&) = delete;

#if defined(__SSE__)
 private:
  static constexpr unsigned flush_to_zero = 1u << 15;
  const unsigned before_;
#endif
};

}  // namespace volute
