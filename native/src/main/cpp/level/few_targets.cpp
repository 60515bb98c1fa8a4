#include "few_targets.h"

#include <utility>

#include "../sizes.h"
#include "pixel_tile.h"

namespace volute::VOLUTE_LEVEL {
namespace {

constexpr int64_t L = lanes<float>;
constexpr int vectors = packed_lanes / L;

// As many accumulators as there are registers, less those for the weights and one for pixels.
#if VOLUTE_VECTOR_BYTES == 64
constexpr int most_lines = 16;
#elif VOLUTE_VECTOR_BYTES == 32
constexpr int most_lines = 6;
#else
constexpr int most_lines = 3;
#endif

template <int P>
struct Group {
  typedef float Pixels __attribute__((vector_size(P * sizeof(float)), aligned(4), may_alias));
};

// Two floats at once.
typedef double Pair __attribute__((aligned(4), may_alias));

// Lane i is p[(from + i) % P], for a `from` that begins a vector.
template <int P>
VOLUTE_INLINE f32v repeated(const float* p, int from) {
  if constexpr (P >= L) {
    return load(p + from % P);
  } else {
#if VOLUTE_VECTOR_BYTES == 64
    if constexpr (P == 8) {
      return (f32v)_mm512_maskz_broadcast_f32x8(0xFFFF, _mm256_loadu_ps(p));
    } else if constexpr (P == 4) {
      return (f32v)_mm512_maskz_broadcast_f32x4(0xFFFF, _mm_loadu_ps(p));
    } else {
      return (f32v)_mm512_set1_pd(*reinterpret_cast<const Pair*>(p));
    }
#elif VOLUTE_VECTOR_BYTES == 32 && defined(__AVX2__)
    if constexpr (P == 4) {
      return (f32v)_mm256_broadcast_ps(reinterpret_cast<const __m128*>(p));
    } else {
      return (f32v)_mm256_set1_pd(*reinterpret_cast<const Pair*>(p));
    }
#else
    f32v v;
    for (int i = 0; i < L; i++) {
      v[i] = p[i % P];
    }
    return v;
#endif
  }
}

using Kernel = void (*)(const FewTargets& f, const float* in, const f32v (&bias)[vectors], float* results);

// R lines of one group of pixels.
template <int P, int R>
void tile(const FewTargets& f, const float* in, const f32v (&bias)[vectors], float* results) {
  f32v sum[R][vectors];
#pragma GCC unroll 16
  for (int i = 0; i < R; i++) {
#pragma GCC unroll 4
    for (int j = 0; j < vectors; j++) {
      sum[i][j] = f32v{};
    }
  }
  const float* b = f.packed;
  for (int64_t run = 0; run < f.depth.runs; run++) {
    SteppedRows<R> rows(in + f.depth.starts[run], f.pitch);
    for (int64_t k = f.depth.k; k > 0; k--) {
      f32v line[vectors];
#pragma GCC unroll 4
      for (int j = 0; j < vectors; j++) {
        line[j] = load(b + j * L);
      }
#pragma GCC unroll 16
      for (int i = 0; i < R; i++) {
#pragma GCC unroll 4
        for (int j = 0; j < vectors; j++) {
          sum[i][j] += repeated<P>(rows.row(i), j * static_cast<int>(L)) * line[j];
        }
      }
      rows.advance(f.plane);
      b += packed_lanes;
    }
  }
#pragma GCC unroll 16
  for (int i = 0; i < R; i++) {
#pragma GCC unroll 4
    for (int j = 0; j < vectors; j++) {
      store(results + i * packed_lanes + j * L, sum[i][j] + bias[j]);
    }
  }
}

template <int P, size_t... R>
Kernel choose(int64_t lines, std::index_sequence<R...>) {
  static constexpr Kernel kernels[] = {tile<P, static_cast<int>(R) + 1>...};
  return kernels[lines - 1];
}

template <int P>
void sum_groups(const FewTargets& f) {
  using Pixels = typename Group<P>::Pixels;
  float lane_bias[packed_lanes] = {};
  for (int64_t i = 0; i < f.targets * P && f.bias; i++) {
    lane_bias[i] = f.bias[i / P];
  }
  f32v bias[vectors];
  for (int j = 0; j < vectors; j++) {
    bias[j] = load(lane_bias + j * L);
  }
  Epilogue<float> epilogue;
  epilogue.activation = f.activation;
  float results[most_lines * packed_lanes];
  const Partition heights(f.lines, most_lines, 1);
  for (int64_t x = 0; x < f.columns; x += P) {
    // The last group may take some pixels again.
    const int64_t column = minimum(x, f.columns - P);
    for (int64_t piece = 0; piece < heights.panels; piece++) {
      const int64_t first = heights.start(piece);
      const int64_t lines = heights.size(piece);
      choose<P>(lines, std::make_index_sequence<most_lines>())(f, f.in + first * f.pitch + column, bias, results);
      finish(epilogue, 0, 0, lines, packed_lanes, results, packed_lanes);
      for (int64_t target = 0; target < f.targets; target++) {
        float* to = f.out + target * f.out_plane + first * f.out_pitch + column;
        for (int64_t line = 0; line < lines; line++) {
          *reinterpret_cast<Pixels*>(to + line * f.out_pitch) =
              *reinterpret_cast<const Pixels*>(results + line * packed_lanes + target * P);
        }
      }
    }
  }
}

}  // namespace

void sum_few_targets(const FewTargets& f) {
  switch (f.pixels) {
    case 2:
      return sum_groups<2>(f);
    case 4:
      return sum_groups<4>(f);
    case 8:
      return sum_groups<8>(f);
    default:
      return sum_groups<16>(f);
  }
}

}  // namespace volute::VOLUTE_LEVEL
