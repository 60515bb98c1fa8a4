// What ends the sums of convolutions whose algorithm does not do so itself: residuals and activations.
#include "../pool.h"
#include "batch_norm.h"
#include "convolution.h"

namespace volute::VOLUTE_LEVEL {
namespace {

constexpr int64_t L = lanes<float>;

// Results, and what lies beside them in one of two formats.
struct Images {
  float* data;
  int64_t images, channels, pixels;
  bool last;
};
struct Beside {
  const float* data;  // or null
  bool last;
};

// Elements of a row that are taken together.
constexpr int64_t some_elements = 256;

// Elements [column, column + n) of a row of an image: where they lie, or gathered.
const float* part_of(const Images& results, const Beside& beside, int64_t rows, int64_t columns, int64_t row,
                     int64_t column, int64_t n, float* gathered) {
  if (beside.last == results.last) {
    return beside.data + row * columns + column;
  }
  for (int64_t i = 0; i < n; i++) {
    gathered[i] = beside.data[(column + i) * rows + row];
  }
  return gathered;
}

// Elements y become end(y, residual, result) for whole vectors and parts of one; what is null reads as zeros.
template <class End>
void end_each(Pool& pool, const Images& results, const Beside& residual, const Beside& result, End end) {
  const bool alike = (!residual.data || residual.last == results.last) && (!result.data || result.last == results.last);
  const int64_t elements = results.pixels * results.channels;
  // Rows and columns are pixels and channels or the other way round; of what lies otherwise, they are turned.
  const int64_t rows = alike ? 1 : results.last ? results.pixels : results.channels;
  const int64_t columns = alike ? elements : elements / rows;
  pool.run(results.images, static_cast<double>(results.images * elements) * (alike ? 0.1 : 1), [&](int64_t image) {
    const auto of_image = [&](const Beside& beside) {
      return Beside{beside.data ? beside.data + image * elements : nullptr, beside.last};
    };
    const Beside r = of_image(residual), s = of_image(result);
    float kept[2][some_elements];
    for (int64_t row = 0; row < rows; row++) {
      float* const y = results.data + image * elements + row * columns;
      for (int64_t column = 0; column < columns; column += some_elements) {
        const int64_t n = minimum(some_elements, columns - column);
        const float* const a = r.data ? part_of(results, r, rows, columns, row, column, n, kept[0]) : nullptr;
        const float* const b = s.data ? part_of(results, s, rows, columns, row, column, n, kept[1]) : nullptr;
        for (int64_t i = 0; i < n; i += L) {
          const int64_t some = minimum(L, n - i);
          store_part(y + column + i,
                     end(load_part(y + column + i, some), a ? load_part(a + i, some) : f32v{},
                         b ? load_part(b + i, some) : f32v{}),
                     some);
        }
      }
    }
  });
}

}  // namespace

volute_convolution without_end(const volute_convolution& c) {
  volute_convolution sums = c;
  sums.residual = sums.result = nullptr;
  sums.activation = VOLUTE_IDENTITY;
  return sums;
}

void end_sums(Pool& pool, const volute_convolution& c) {
  const Images y{c.y, c.batch, c.filters, c.out_height * c.out_width, c.y_last != 0};
  with_activation(c.activation, [&](auto activation) {
    end_each(pool, y, {c.residual, c.residual_last != 0}, {nullptr, false},
             [&](f32v sum, f32v residual, f32v) { return activated(activation, sum + residual); });
  });
}

void end_gradients(Pool& pool, const volute_convolution& c) {
  if (!c.residual && !c.result) {
    return;
  }
  const Images x{c.x, c.batch, c.channels, c.height * c.width, c.x_last != 0};
  with_activation(c.activation, [&](auto activation) {
    end_each(pool, x, {c.residual, c.residual_last != 0}, {c.result, c.result_last != 0},
             [&](f32v sum, f32v residual, f32v result) { return to_argument(activation, result, sum + residual); });
  });
}

}  // namespace volute::VOLUTE_LEVEL
