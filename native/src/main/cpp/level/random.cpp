// Philox 4x32-10 (Salmon, Moraes, Dror and Shaw, 2011): uniform numbers and dropout.
#include <cmath>

#include "kernels.h"
#include "strided.h"

namespace volute::VOLUTE_LEVEL {
namespace {

constexpr int64_t blocks_at_once = 64;

// Words of blocks_at_once blocks in order: words[4 * b + w].
void philox(int64_t first, uint32_t stream, uint32_t step, uint32_t key0, uint32_t key1, uint32_t* words) {
  uint32_t c0[blocks_at_once], c1[blocks_at_once], c2[blocks_at_once], c3[blocks_at_once];
  for (int64_t i = 0; i < blocks_at_once; i++) {
    const uint64_t block = static_cast<uint64_t>(first + i);
    c0[i] = static_cast<uint32_t>(block);
    c1[i] = static_cast<uint32_t>(block >> 32);
    c2[i] = stream;
    c3[i] = step;
  }
  for (int round = 0; round < 10; round++) {
    for (int64_t i = 0; i < blocks_at_once; i++) {
      const uint64_t p0 = uint64_t{0xD2511F53} * c0[i];
      const uint64_t p1 = uint64_t{0xCD9E8D57} * c2[i];
      const uint32_t n0 = static_cast<uint32_t>(p1 >> 32) ^ c1[i] ^ key0;
      const uint32_t n2 = static_cast<uint32_t>(p0 >> 32) ^ c3[i] ^ key1;
      c1[i] = static_cast<uint32_t>(p1);
      c3[i] = static_cast<uint32_t>(p0);
      c0[i] = n0;
      c2[i] = n2;
    }
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
  for (int64_t i = 0; i < blocks_at_once; i++) {
    words[4 * i] = c0[i];
    words[4 * i + 1] = c1[i];
    words[4 * i + 2] = c2[i];
    words[4 * i + 3] = c3[i];
  }
}

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
  const uint32_t key0 = static_cast<uint32_t>(c.key[0]);
  const uint32_t key1 = static_cast<uint32_t>(c.key[c.key_stride]);
  const uint32_t step = static_cast<uint32_t>(c.key[2 * c.key_stride]);
  const uint32_t stream = static_cast<uint32_t>(c.stream);
  constexpr int64_t width = 4 * blocks_at_once;
  const int64_t* shape = behind(c);
  const int64_t elements = product_of(c.rank, shape);
  const int64_t pieces = ceil_div(elements, width);
  const int64_t parts = minimum(int64_t{64}, ceil_div(pieces, 16));
  // The smallest float that is not below the rate: comparing with it is comparing with the rate.
  const float near = static_cast<float>(c.rate);
  const float rate = near < c.rate ? std::nextafter(near, 2.0f) : near;
  const float scale = static_cast<float>(1 / (1 - c.rate));
  pool.run(parts, static_cast<double>(elements), [&](int64_t part) {
    uint32_t words[width];
    float numbers[width];
    for (int64_t piece = pieces * part / parts; piece < pieces * (part + 1) / parts; piece++) {
      philox(piece * blocks_at_once, stream, step, key0, key1, words);
      for (int64_t i = 0; i < width; i++) {
        numbers[i] = static_cast<float>(static_cast<int32_t>(words[i] >> 8)) * 0x1p-24f;
      }
      const int64_t from = piece * width;
      const int64_t n = minimum(width, elements - from);
      if (c.x) {
        for (int64_t i = 0; i < n; i++) {
          c.out[from + i] = numbers[i] >= rate ? c.x[from + i] * scale : 0.0f;
        }
      } else if (c.dense) {
        std::memcpy(c.out + from, numbers, static_cast<size_t>(n) * sizeof(float));
      } else {
        for (int64_t i = 0; i < n; i++) {
          c.out[strided_offset(c.rank, shape, from + i)] = numbers[i];
        }
      }
    }
  });
  return VOLUTE_OK;
}

}  // namespace volute::VOLUTE_LEVEL
