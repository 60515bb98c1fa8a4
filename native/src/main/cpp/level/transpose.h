// Square blocks of floats transposed in registers.
#pragma once

#include "simd.h"

namespace volute::VOLUTE_LEVEL {

#if VOLUTE_VECTOR_BYTES == 64
#define VOLUTE_SHUFFLE_128(a, b, i, j, k, l)                                                                       \
  __builtin_shufflevector(a, b, i, j, (k) + 12, (l) + 12, (i) + 4, (j) + 4, (k) + 16, (l) + 16, (i) + 8, (j) + 8,  \
                          (k) + 20, (l) + 20, (i) + 12, (j) + 12, (k) + 24, (l) + 24)
#define VOLUTE_WEAVE_128(a, b, i, j)                                                                               \
  __builtin_shufflevector(a, b, i, (i) + 16, j, (j) + 16, (i) + 4, (i) + 20, (j) + 4, (j) + 20, (i) + 8, (i) + 24, \
                          (j) + 8, (j) + 24, (i) + 12, (i) + 28, (j) + 12, (j) + 28)
#elif VOLUTE_VECTOR_BYTES == 32
#define VOLUTE_SHUFFLE_128(a, b, i, j, k, l) \
  __builtin_shufflevector(a, b, i, j, (k) + 4, (l) + 4, (i) + 4, (j) + 4, (k) + 8, (l) + 8)
#define VOLUTE_WEAVE_128(a, b, i, j) \
  __builtin_shufflevector(a, b, i, (i) + 8, j, (j) + 8, (i) + 4, (i) + 12, (j) + 4, (j) + 12)
#else
#define VOLUTE_SHUFFLE_128(a, b, i, j, k, l) __builtin_shufflevector(a, b, i, j, k, l)
#define VOLUTE_WEAVE_128(a, b, i, j) __builtin_shufflevector(a, b, i, (i) + 4, j, (j) + 4)
#endif

// Element q of every four of a, b, c, d goes to out[q]; its own inverse.
VOLUTE_INLINE void transpose_fours(const f32v (&in)[4], f32v (&out)[4]) {
  const f32v ab_low = VOLUTE_WEAVE_128(in[0], in[1], 0, 1);
  const f32v ab_high = VOLUTE_WEAVE_128(in[0], in[1], 2, 3);
  const f32v cd_low = VOLUTE_WEAVE_128(in[2], in[3], 0, 1);
  const f32v cd_high = VOLUTE_WEAVE_128(in[2], in[3], 2, 3);
  out[0] = VOLUTE_SHUFFLE_128(ab_low, cd_low, 0, 1, 4, 5);
  out[1] = VOLUTE_SHUFFLE_128(ab_low, cd_low, 2, 3, 6, 7);
  out[2] = VOLUTE_SHUFFLE_128(ab_high, cd_high, 0, 1, 4, 5);
  out[3] = VOLUTE_SHUFFLE_128(ab_high, cd_high, 2, 3, 6, 7);
}

// out[j * pitch + i] = rows[i][j] for a block of as many rows as a vector has lanes.
VOLUTE_INLINE void transpose_block(const float* const (&rows)[lanes<float>], float* out, int64_t pitch) {
  constexpr int L = lanes<float>;
  constexpr int groups = L / 4;
  f32v fours[groups][4];
#pragma GCC unroll 4
  for (int g = 0; g < groups; g++) {
    const f32v in[4] = {load(rows[4 * g]), load(rows[4 * g + 1]), load(rows[4 * g + 2]), load(rows[4 * g + 3])};
    transpose_fours(in, fours[g]);
  }
#pragma GCC unroll 4
  for (int q = 0; q < 4; q++) {
#if VOLUTE_VECTOR_BYTES == 64
    const f32v ab_low = __builtin_shufflevector(fours[0][q], fours[1][q], 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
    const f32v ab_high = __builtin_shufflevector(fours[0][q], fours[1][q], 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
    const f32v cd_low = __builtin_shufflevector(fours[2][q], fours[3][q], 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
    const f32v cd_high = __builtin_shufflevector(fours[2][q], fours[3][q], 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
    store(out + q * pitch, __builtin_shufflevector(ab_low, cd_low, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27));
    store(out + (4 + q) * pitch, __builtin_shufflevector(ab_low, cd_low, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31));
    store(out + (8 + q) * pitch, __builtin_shufflevector(ab_high, cd_high, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27));
    store(out + (12 + q) * pitch, __builtin_shufflevector(ab_high, cd_high, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31));
#elif VOLUTE_VECTOR_BYTES == 32
    store(out + q * pitch, __builtin_shufflevector(fours[0][q], fours[1][q], 0, 1, 2, 3, 8, 9, 10, 11));
    store(out + (4 + q) * pitch, __builtin_shufflevector(fours[0][q], fours[1][q], 4, 5, 6, 7, 12, 13, 14, 15));
#else
    store(out + q * pitch, fours[0][q]);
#endif
  }
}

}  // namespace volute::VOLUTE_LEVEL
