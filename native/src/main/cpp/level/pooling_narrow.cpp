// Max pooling by windows of two by two in planes whose rows of results are shorter than vectors. Rows and planes follow one
// another without a gap, so neighbours in pairs do too, whatever row they are of; a vector of results takes one row of
// pairs and leaves out the next.
#include <utility>

#include "pooling.h"

namespace volute::VOLUTE_LEVEL {
namespace {

constexpr int64_t L = lanes<float>;

// The larger ones of neighbours in the order of windows, and which they are.
struct Larger {
  f32v value;
  i32v at;

  VOLUTE_INLINE Larger(f32v first, f32v second, i32v first_at, i32v second_at) {
    const i32v taken = takes_over(first, second);
    value = taken ? second : first;
    at = taken ? second_at : first_at;
  }
};

// Rows of Row elements from two vectors: the first one and every other, or the second one and every other.
template <size_t Row, class V, size_t... I>
VOLUTE_INLINE V rows_of(V a, V b, int first, std::index_sequence<I...>) {
  return first == 0 ? __builtin_shufflevector(a, b, (2 * (I / Row) * Row + I % Row)...)
                    : __builtin_shufflevector(a, b, ((2 * (I / Row) + 1) * Row + I % Row)...);
}

// n results from 4 n elements.
template <size_t Row>
void pool_rows(const float* x, int64_t n, float* y, int32_t* index) {
  using Lanes = std::make_index_sequence<L>;
  for (int64_t o = 0; o < n; o += L, x += 4 * L) {
    const int64_t count = minimum(L, n - o);
    f32v in[4];
    for (int64_t i = 0; i < 4; i++) {
      in[i] = count == L ? load(x + i * L) : load_part(x + i * L, maximum(int64_t{0}, 4 * count - i * L));
    }
    const auto pairs = [&](const f32v& a, const f32v& b) {
      return Larger(rows_of<1>(a, b, 0, Lanes{}), rows_of<1>(a, b, 1, Lanes{}), broadcast(0), broadcast(1));
    };
    const Larger a = pairs(in[0], in[1]);
    const Larger b = pairs(in[2], in[3]);
    const Larger result(rows_of<Row>(a.value, b.value, 0, Lanes{}), rows_of<Row>(a.value, b.value, 1, Lanes{}),
                        rows_of<Row>(a.at, b.at, 0, Lanes{}), rows_of<Row>(a.at, b.at, 1, Lanes{}) + 2);
    store_part(y + o, result.value, count);
    if (index) {
      store_part(index + o, result.at, count);
    }
  }
}

using PoolRows = void (*)(const float* x, int64_t n, float* y, int32_t* index);

// For rows shorter than vectors.
template <size_t Row>
PoolRows of_row() {
  if constexpr (Row < L) {
    return pool_rows<Row>;
  } else {
    return nullptr;
  }
}

PoolRows of_row(int64_t row) {
  switch (row) {
    case 1:
      return of_row<1>();
    case 2:
      return of_row<2>();
    case 4:
      return of_row<4>();
    case 8:
      return of_row<8>();
    default:
      return nullptr;
  }
}

}  // namespace

bool max_pool_narrow(Pool& pool, const volute_pool& c) {
  const PoolRows rows = in_twos(c) ? of_row(c.out_width) : nullptr;
  if (!rows) {
    return false;
  }
  const int64_t each = c.out_height * c.out_width;
  const int64_t elements = c.planes * each * 5;
  each_range(pool, 0, c.planes, elements, 0.05 * static_cast<double>(elements), [&](const Range& range) {
    const int64_t from = range.from * each;
    rows(c.x + 4 * from, (range.to - range.from) * each, c.y + from, c.index ? c.index + from : nullptr);
  });
  return true;
}

}  // namespace volute::VOLUTE_LEVEL
