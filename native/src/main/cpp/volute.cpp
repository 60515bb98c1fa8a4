#include "volute.h"

#include <cstdlib>
#include <memory>
#include <new>
#include <system_error>

#include "level/kernels.h"
#include "pool.h"
#include "sizes.h"
#include "subnormals.h"

#if defined(__linux__)
#include <sys/mman.h>
#endif

// Every level has the same kernels in a namespace of its own; see level/kernels.h.
#define VOLUTE_DECLARE_LEVEL(LEVEL)                             \
  namespace volute::LEVEL {                                     \
  int run(Pool& pool, const Blas& blas, volute_call& call);     \
  }
#if defined(__x86_64__)
VOLUTE_DECLARE_LEVEL(avx2)
VOLUTE_DECLARE_LEVEL(avx512)
#endif

struct volute_context {
  using Run = int (*)(volute::Pool&, const volute::Blas&, volute_call&);
  volute_context(int threads, Run run_, const volute::Blas& blas_) : pool(threads), run(run_), blas(blas_) {}
  volute::Pool pool;
  Run run;
  volute::Blas blas;
};

int volute_best_level(void) {
#if defined(__x86_64__)
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
  return avx512 ? VOLUTE_AVX512 : avx2 ? VOLUTE_AVX2 : VOLUTE_BASELINE;
#else
  return VOLUTE_BASELINE;
#endif
}

int volute_open(int64_t threads, int64_t level, void* sgemm, void* dgemm, volute_context** context) {
  volute_context::Run run = volute::baseline::run;
#if defined(__x86_64__)
  run = level == VOLUTE_AVX512 ? volute::avx512::run : level == VOLUTE_AVX2 ? volute::avx2::run : run;
#endif
  try {
    const volute::Blas blas{reinterpret_cast<volute::Blas::Single>(sgemm),
                            reinterpret_cast<volute::Blas::Double>(dgemm)};
    *context = new volute_context(static_cast<int>(threads), run, blas);
    return VOLUTE_OK;
  } catch (const std::bad_alloc&) {
    return VOLUTE_OUT_OF_MEMORY;
  } catch (const std::system_error&) {  // no more threads
    return VOLUTE_OUT_OF_MEMORY;
  }
}

void volute_close(volute_context* context) { delete context; }

int volute_run(volute_context* context, volute_call* call) {
  if (!volute::workspace()) {
    return VOLUTE_OUT_OF_MEMORY;
  }
  const volute::FlushSubnormals flush;
  return context->run(context->pool, context->blas, *call);
}

int volute_algorithm(const volute_call* call) { return volute::baseline::algorithm(*call); }

int64_t volute_scratch(const volute_call* call) { return volute::scratch_elements(*call); }

void* volute_allocate(int64_t bytes) {
  constexpr int64_t line = 64;
  if (bytes < 0 || bytes > INT64_MAX - 3 * line) {
    return nullptr;
  }
  // Kernels may read a little past the last element.
  const size_t all = static_cast<size_t>((bytes + 2 * line) / line * line);
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  // Large memory in large pages, where the system has some to give: weights and slabs are read across rows, and each small
  // page would want an entry of its own in the processor's table of addresses.
  constexpr size_t page = size_t{2} << 20;
  if (all >= 2 * page) {
    void* const memory = std::aligned_alloc(page, (all + page - 1) / page * page);
    if (memory) {
      madvise(memory, all / page * page, MADV_HUGEPAGE);
    }
    return memory;
  }
#endif
  return std::aligned_alloc(line, all);
}

void volute_free(void* memory) { std::free(memory); }
