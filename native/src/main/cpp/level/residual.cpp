// Residuals of convolutions whose algorithm does not add them itself.
#include "../pool.h"
#include "convolution.h"

namespace volute::VOLUTE_LEVEL {

void add_residual(Pool& pool, const volute_convolution& c) {
  constexpr int64_t L = lanes<float>;
  const int64_t pixels = c.out_height * c.out_width;
  const int64_t elements = pixels * c.filters;
  const bool alike = (c.y_last != 0) == (c.residual_last != 0);
  Epilogue<float> rest;
  rest.activation = static_cast<Activation>(c.activation);
  pool.run(c.batch, static_cast<double>(c.batch * elements) * (alike ? 0.1 : 1), [&](int64_t image) {
    float* y = c.y + image * elements;
    const float* residual = c.residual + image * elements;
    if (alike) {
      for (int64_t i = 0; i < elements; i += L) {
        const int64_t n = minimum(L, elements - i);
        store_part(y + i, load_part(y + i, n) + load_part(residual + i, n), n);
      }
    } else {
      // Of y, rows and columns are pixels and filters or the other way round, of the residual they are turned.
      const int64_t rows = c.y_last ? pixels : c.filters;
      const int64_t columns = c.y_last ? c.filters : pixels;
      for (int64_t i = 0; i < rows; i++) {
        for (int64_t j = 0; j < columns; j++) {
          y[i * columns + j] += residual[j * rows + i];
        }
      }
    }
    finish(rest, 0, 0, int64_t{1}, elements, y, int64_t{0});
  });
}

}  // namespace volute::VOLUTE_LEVEL
