// Philox 4x32-10 (Salmon, Moraes, Dror and Shaw, 2011): uniform numbers and dropout.
#include <cmath>

#include "kernels.h"
#include "strided.h"
#include "transpose.h"

namespace volute::VOLUTE_LEVEL {
namespace {

constexpr int64_t L = lanes<float>;

// A vector of blocks of four words: so many numbers.
constexpr int64_t width = 4 * L;

typedef uint64_t u64v __attribute__((vector_size(VOLUTE_VECTOR_BYTES)));

struct Wide {
  u32v high, low;
};

// The 64 bits of each lane's product.
VOLUTE_INLINE Wide multiply(u32v a, uint32_t factor) {
#if defined(__AVX512F__) && VOLUTE_VECTOR_BYTES == 64
  const __m512i by = _mm512_set1_epi32(static_cast<int32_t>(factor));
  constexpr __mmask8 all = 0xFF;
  const __m512i even = _mm512_maskz_mul_epu32(all, (__m512i)a, by);
  const __m512i odd = _mm512_maskz_mul_epu32(all, (__m512i)((u64v)a >> 32), by);
  return {(u32v)_mm512_mask_mov_epi32((__m512i)((u64v)even >> 32), 0xAAAA, odd),
          (u32v)_mm512_mask_mov_epi32(even, 0xAAAA, (__m512i)((u64v)odd << 32))};
#elif defined(__AVX2__) && VOLUTE_VECTOR_BYTES == 32
  const __m256i by = _mm256_set1_epi32(static_cast<int32_t>(factor));
  const __m256i even = _mm256_mul_epu32((__m256i)a, by);
  const __m256i odd = _mm256_mul_epu32((__m256i)((u64v)a >> 32), by);
  return {(u32v)_mm256_blend_epi32((__m256i)((u64v)even >> 32), odd, 0xAA),
          (u32v)_mm256_blend_epi32(even, (__m256i)((u64v)odd << 32), 0xAA)};
#else
  Wide result;
  for (int i = 0; i < L; i++) {
    const uint64_t product = uint64_t{factor} * a[i];
    result.high[i] = static_cast<uint32_t>(product >> 32);
    result.low[i] = static_cast<uint32_t>(product);
  }
  return result;
#endif
}

struct Generator {
  uint32_t key0, key1;
  uint32_t stream, step;

  // Numbers width * piece and on, in order.
  VOLUTE_INLINE void draw(int64_t piece, f32v (&numbers)[4]) const {
    const uint64_t first = static_cast<uint64_t>(piece) * L;
    const uint32_t low = static_cast<uint32_t>(first);
    // Lanes hold blocks in the order in which the transposed words stand side by side.
    u32v c0;
    for (int i = 0; i < L; i++) {
      c0[i] = static_cast<uint32_t>(i % 4 * (L / 4) + i / 4);
    }
    c0 += low;
    u32v c1 = static_cast<uint32_t>(first >> 32) - (u32v)(c0 < low);
    u32v c2 = stream - u32v{};
    u32v c3 = step - u32v{};
    uint32_t k0 = key0;
    uint32_t k1 = key1;
    for (int round = 0; round < 10; round++) {
      const Wide p0 = multiply(c0, 0xD2511F53);
      const Wide p1 = multiply(c2, 0xCD9E8D57);
      c0 = p1.high ^ c1 ^ k0;
      c2 = p0.high ^ c3 ^ k1;
      c1 = p1.low;
      c3 = p0.low;
      k0 += 0x9E3779B9u;
      k1 += 0xBB67AE85u;
    }
    const f32v words[4] = {uniform(c0), uniform(c1), uniform(c2), uniform(c3)};
    transpose_fours(words, numbers);
  }

 private:
  static VOLUTE_INLINE f32v uniform(u32v word) { return __builtin_convertvector((i32v)(word >> 8), f32v) * 0x1p-24f; }
};

// Where the element that row-major order numbers `index` lies: shape holds lengths, then strides.
int64_t strided_offset(int64_t rank, const int64_t* shape, int64_t index) {
  int64_t offset = 0;
  for (int64_t axis = rank - 1; axis >= 0; axis--) {
    offset += index % shape[axis] * shape[rank + axis];
    index /= shape[axis];
  }
  return offset;
}

}  // namespace

int run_random(Pool& pool, volute_random& c) {
  const Generator generator{static_cast<uint32_t>(c.key[0]), static_cast<uint32_t>(c.key[c.key_stride]),
                            static_cast<uint32_t>(c.stream), static_cast<uint32_t>(c.key[2 * c.key_stride])};
  const int64_t* shape = behind(c);
  const int64_t elements = product_of(c.rank, shape);
  const int64_t pieces = ceil_div(elements, width);
  const int64_t parts = minimum(int64_t{64}, ceil_div(elements, 4096));
  // The smallest float that is not below the rate: comparing with it is comparing with the rate.
  const float near = static_cast<float>(c.rate);
  const f32v rate = broadcast(near < c.rate ? std::nextafter(near, 2.0f) : near);
  const float scale = static_cast<float>(1 / (1 - c.rate));
  pool.run(parts, static_cast<double>(elements) * 0.5, [&](int64_t part) {
    for (int64_t piece = pieces * part / parts; piece < pieces * (part + 1) / parts; piece++) {
      f32v numbers[4];
      generator.draw(piece, numbers);
      for (int64_t v = 0; v < 4; v++) {
        const int64_t from = piece * width + v * L;
        const int64_t n = elements - from;
        if (c.x) {
          const f32v x = n >= L ? load(c.x + from) : load_part(c.x + from, n);
          numbers[v] = numbers[v] >= rate ? x * scale : f32v{};
        }
        if (c.x || c.dense) {
          if (n >= L) {
            store(c.out + from, numbers[v]);
          } else {
            store_part(c.out + from, numbers[v], n);
          }
          continue;
        }
        for (int64_t i = 0; i < minimum(n, L); i++) {
          c.out[strided_offset(c.rank, shape, from + i)] = numbers[v][i];
        }
      }
    }
  });
  return VOLUTE_OK;
}

}  // namespace volute::VOLUTE_LEVEL
