// Convolutions and their gradients against double-precision loops.
#include <cmath>

#include "testing.h"

volute_convolution convolution(int64_t n, int64_t c, int64_t h, int64_t w, int64_t f, int64_t kernel, int64_t stride,
                               int64_t pad, int64_t dilation, int64_t groups) {
  volute_convolution call{};
  call.batch = n, call.channels = c, call.height = h, call.width = w;
  call.filters = f, call.kernel_height = kernel, call.kernel_width = kernel, call.groups = groups;
  call.out_height = (h + 2 * pad - dilation * (kernel - 1) - 1) / stride + 1;
  call.out_width = (w + 2 * pad - dilation * (kernel - 1) - 1) / stride + 1;
  call.stride_y = call.stride_x = stride;
  call.pad_y = call.pad_x = pad;
  call.dilation_y = call.dilation_x = dilation;
  return call;
}

Convolved convolve(Context& context, volute_convolution call, const Floats& x, const Floats& w, const Floats& g) {
  Convolved result{Floats(g.size()), Floats(x.size()), Floats(w.size())};
  for (int64_t kind = VOLUTE_CONVOLUTION; kind <= VOLUTE_CONVOLUTION_FILTER_GRADIENT; kind++) {
    call.call.kind = kind;
    call.x = kind == VOLUTE_CONVOLUTION_INPUT_GRADIENT ? result.dx.get() : x.get();
    call.w = kind == VOLUTE_CONVOLUTION_FILTER_GRADIENT ? result.dw.get() : w.get();
    call.y = kind == VOLUTE_CONVOLUTION ? result.y.get() : g.get();
    const Floats scratch(volute_scratch(&call.call));
    call.scratch = scratch.get();
    expect(context.run(call) == VOLUTE_OK, "convolution");
  }
  return result;
}

namespace {

// Forward with a residual, in every mixture of formats, by filters packed before and by others.
void expect_all_formats(Context& context, volute_convolution call, const Floats& x, const Floats& w,
                        std::vector<double> y, std::vector<double> magnitude, int64_t terms) {
  const Floats residual(static_cast<int64_t>(y.size()), 9);
  for (size_t i = 0; i < y.size(); i++) {
    y[i] += residual[static_cast<int64_t>(i)];
    magnitude[i] += std::fabs(residual[static_cast<int64_t>(i)]);
  }
  const Floats x_last = reordered(x, call.batch, call.channels, false);
  const Floats residual_last = reordered(residual, call.batch, call.filters, false);
  for (int64_t formats = 0; formats < 8; formats++) {
    call.x_last = formats & 1, call.y_last = formats >> 1 & 1, call.residual_last = formats >> 2;
    call.call.kind = VOLUTE_CONVOLUTION;
    const Floats result(residual.size());
    call.x = (call.x_last ? x_last : x).get(), call.w = w.get(), call.y = result.get();
    call.residual = (call.residual_last ? residual_last : residual).get();
    const Floats scratch(volute_scratch(&call.call));
    call.scratch = scratch.get();
    call.packed = formats % 3 == 0;
    if (call.packed) {
      call.call.kind = VOLUTE_PACK_FILTERS;
      expect(context.run(call) == VOLUTE_OK, "packing of filters");
      call.call.kind = VOLUTE_CONVOLUTION;
    }
    expect(context.run(call) == VOLUTE_OK, "convolution in formats");
    expect_sums(y, magnitude, terms + 1, reordered(result, call.batch, call.y_last ? call.filters : 1, true),
                "y in formats");
  }
}

struct Expected {
  const std::vector<double>&sums, &magnitude;
  int64_t terms;
};

// A gradient to the image that ends with a residual and the slope of an activation, in every mixture of their formats.
void expect_ended_gradients(Context& context, volute_convolution call, const Expected& dx) {
  const int64_t elements = static_cast<int64_t>(dx.sums.size());
  const Floats residual(elements, 10);
  const Floats result(elements, 11);
  const Floats residual_last = reordered(residual, call.batch, call.channels, false);
  const Floats result_last = reordered(result, call.batch, call.channels, false);
  for (int64_t end = 0; end < 12; end++) {
    const bool added = end / 4 != 1;
    const bool passed = end / 4 != 2;
    call.activation = passed ? (end / 4 == 0 ? VOLUTE_ACT_RELU : VOLUTE_ACT_TANH) : VOLUTE_IDENTITY;
    call.residual_last = end & 1, call.result_last = end >> 1 & 1;
    call.residual = added ? (call.residual_last ? residual_last : residual).get() : nullptr;
    call.result = passed ? (call.result_last ? result_last : result).get() : nullptr;
    std::vector<double> sums(dx.sums), magnitude(dx.magnitude);
    for (int64_t i = 0; i < elements; i++) {
      const double y = result[i];
      const double slope = !passed ? 1 : call.activation == VOLUTE_ACT_TANH ? 1 - y * y : y > 0 ? 1 : 0;
      const size_t at = static_cast<size_t>(i);
      sums[at] = slope * (sums[at] + (added ? residual[i] : 0));
      magnitude[at] += added ? std::fabs(residual[i]) : 0;
    }
    const Floats image(elements);
    call.x = image.get();
    expect(context.run(call) == VOLUTE_OK, "gradient to the image with an end");
    expect_sums(sums, magnitude, dx.terms + 4, reordered(image, call.batch, call.x_last ? call.channels : 1, true),
                "dx with an end");
  }
}

// The gradients in every mixture of formats.
void expect_gradients_in_formats(Context& context, volute_convolution call, const Floats& x, const Floats& w,
                                 const Floats& g, const Expected& dx, const Expected& dw) {
  const Floats x_last = reordered(x, call.batch, call.channels, false);
  const Floats g_last = reordered(g, call.batch, call.filters, false);
  for (int64_t formats = 0; formats < 4; formats++) {
    call.x_last = formats & 1, call.y_last = formats >> 1;
    call.y = (call.y_last ? g_last : g).get();
    call.call.kind = VOLUTE_CONVOLUTION_FILTER_GRADIENT;
    const Floats filters(w.size());
    call.x = (call.x_last ? x_last : x).get(), call.w = filters.get();
    const Floats scratch(volute_scratch(&call.call));
    call.scratch = scratch.get();
    expect(context.run(call) == VOLUTE_OK, "gradient to filters in formats");
    expect_sums(dw.sums, dw.magnitude, dw.terms, filters, "dw in formats");
    call.call.kind = VOLUTE_CONVOLUTION_INPUT_GRADIENT;
    if (formats > 0 && volute_algorithm(&call.call) == VOLUTE_PATCHES) {
      continue;  // takes planes alone
    }
    const Floats image(x.size());
    call.x = image.get(), call.w = w.get();
    const Floats packed(volute_scratch(&call.call));
    call.scratch = packed.get();
    expect(context.run(call) == VOLUTE_OK, "gradient to the image in formats");
    expect_sums(dx.sums, dx.magnitude, dx.terms, reordered(image, call.batch, call.x_last ? call.channels : 1, true),
                "dx in formats");
    expect_ended_gradients(context, call, dx);
  }
}

}  // namespace

void test_convolution(Context& context) {
  const int64_t cases[][10] = {{1, 1, 5, 5, 1, 3, 1, 0, 1, 1},  {2, 3, 13, 11, 7, 3, 2, 1, 1, 1},
                               {3, 4, 9, 9, 6, 2, 1, 3, 2, 2},  {2, 20, 12, 12, 50, 5, 1, 0, 1, 1},
                               {1, 8, 7, 7, 8, 3, 1, 1, 1, 8},  {9, 2, 3, 64, 17, 1, 1, 0, 1, 1},
                               {2, 2, 3, 3, 2, 2, 1, 5, 1, 1},
                               // One channel a group.
                               {2, 37, 9, 11, 37, 3, 2, 1, 1, 37}, {1, 20, 17, 5, 40, 3, 1, 2, 2, 20},
                               {1, 3, 40, 130, 3, 3, 1, 1, 1, 3},  {2, 36, 7, 19, 36, 3, 1, 1, 1, 36},
                               // With pixels as rows: in place, cut into phases, in bands.
                               {2, 65, 7, 7, 50, 1, 1, 0, 1, 1}, {1, 33, 15, 14, 49, 3, 2, 1, 1, 1},
                               {2, 3, 31, 29, 64, 7, 2, 3, 1, 1}, {1, 17, 19, 9, 32, 3, 3, 1, 2, 1},
                               {1, 80, 9, 17, 96, 1, 2, 0, 1, 1}, {1, 300, 49, 49, 16, 5, 3, 2, 1, 1},
                               // Gradients to images by remainders of the strides, some of which no cell meets.
                               {3, 16, 13, 12, 33, 3, 2, 1, 1, 1}, {2, 5, 14, 9, 12, 2, 3, 0, 1, 1},
                               {1, 4, 11, 600, 20, 3, 2, 1, 1, 1}, {2, 33, 1, 9, 17, 1, 2, 0, 1, 1},
                               {2, 17, 10, 11, 16, 3, 2, 2, 2, 1}, {1, 9, 21, 8, 5, 5, 4, 7, 3, 1},
                               // Gradients of filters from parts of rows, several images at once, patches side by side.
                               {1, 2, 3, 700, 3, 3, 1, 1, 1, 1}, {12, 3, 10, 9, 20, 3, 1, 1, 1, 1},
                               {5, 6, 8, 8, 9, 2, 2, 0, 1, 1},
                               // Targets beyond whole vectors beside 16, 8, 4 and 2 pixels of a row; no others.
                               {2, 30, 20, 21, 17, 5, 1, 2, 1, 1}, {3, 18, 12, 21, 34, 5, 2, 1, 1, 1},
                               {2, 20, 9, 11, 52, 5, 1, 1, 2, 1}, {1, 24, 10, 9, 23, 5, 1, 0, 1, 1},
                               {2, 7, 11, 9, 4, 5, 1, 0, 1, 1},
                               // Patches read where they lie: rows of one group of results, of some, of groups and a half.
                               {3, 1, 28, 28, 20, 5, 1, 0, 1, 1}, {2, 2, 7, 10, 7, 3, 1, 0, 1, 1},
                               {1, 3, 7, 18, 9, 3, 1, 0, 1, 1}, {2, 1, 5, 26, 21, 3, 1, 0, 1, 1},
                               {1, 2, 9, 20, 5, 3, 1, 0, 2, 1}, {2, 4, 7, 10, 6, 3, 1, 0, 1, 2},
                               // By minimal filtering of 2x2, with tiles cut off on every side.
                               {1, 37, 10, 6, 64, 3, 1, 1, 1, 1}, {1, 65, 8, 12, 100, 3, 1, 0, 1, 1},
                               {2, 70, 8, 8, 70, 3, 1, 0, 1, 1}, {1, 130, 7, 9, 129, 3, 1, 1, 1, 1},
                               // By that of 4x4, likewise.
                               {2, 16, 17, 13, 20, 3, 1, 1, 1, 1}, {1, 64, 14, 14, 65, 3, 1, 0, 1, 1},
                               {7, 31, 31, 7, 17, 3, 1, 2, 1, 1}, {9, 13, 4, 65, 100, 3, 1, 1, 1, 1},
                               {3, 9, 64, 3, 31, 3, 1, 1, 1, 1}, {40, 17, 3, 4, 31, 3, 1, 1, 1, 1}};
  constexpr size_t first_sliding = 31, first_by_2 = 37, first_by_4 = 41;
  for (const auto& s : cases) {
    const volute_convolution c = convolution(s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7], s[8], s[9]);
    const int64_t channels = c.channels / c.groups, filters = c.filters / c.groups;
    const Floats x(c.batch * c.channels * c.height * c.width, 6);
    const Floats w(c.filters * channels * c.kernel_height * c.kernel_width, 7);
    const Floats g(c.batch * c.filters * c.out_height * c.out_width, 8);
    std::vector<double> y(static_cast<size_t>(g.size())), dx(static_cast<size_t>(x.size())),
        dw(static_cast<size_t>(w.size()));
    std::vector<double> y_magnitude(y.size()), dx_magnitude(dx.size()), dw_magnitude(dw.size());
    int64_t at = 0;
    for (int64_t n = 0; n < c.batch; n++)
      for (int64_t f = 0; f < c.filters; f++)
        for (int64_t oy = 0; oy < c.out_height; oy++)
          for (int64_t ox = 0; ox < c.out_width; ox++, at++)
            for (int64_t k = 0; k < channels * c.kernel_height * c.kernel_width; k++) {
              const int64_t channel = f / filters * channels + k / (c.kernel_height * c.kernel_width);
              const int64_t iy = oy * c.stride_y - c.pad_y + k / c.kernel_width % c.kernel_height * c.dilation_y;
              const int64_t ix = ox * c.stride_x - c.pad_x + k % c.kernel_width * c.dilation_x;
              if (iy < 0 || iy >= c.height || ix < 0 || ix >= c.width) {
                continue;
              }
              const int64_t in = ((n * c.channels + channel) * c.height + iy) * c.width + ix;
              const int64_t cell = f * channels * c.kernel_height * c.kernel_width + k;
              y[static_cast<size_t>(at)] += double{x[in]} * w[cell];
              dx[static_cast<size_t>(in)] += double{g[at]} * w[cell];
              dw[static_cast<size_t>(cell)] += double{g[at]} * x[in];
              y_magnitude[static_cast<size_t>(at)] += std::fabs(double{x[in]} * w[cell]);
              dx_magnitude[static_cast<size_t>(in)] += std::fabs(double{g[at]} * w[cell]);
              dw_magnitude[static_cast<size_t>(cell)] += std::fabs(double{g[at]} * x[in]);
            }
    const Convolved actual = convolve(context, c, x, w, g);
    const int64_t cells = c.kernel_height * c.kernel_width;
    expect_sums(y, y_magnitude, channels * cells, actual.y, "y");
    expect_sums(dx, dx_magnitude, filters * cells, actual.dx, "dx");
    expect_sums(dw, dw_magnitude, c.batch * c.out_height * c.out_width, actual.dw, "dw");
    if (c.groups == 1 || (channels == 1 && filters == 1)) {
      expect_all_formats(context, c, x, w, y, y_magnitude, channels * cells);
    }
    expect_gradients_in_formats(context, c, x, w, g, {dx, dx_magnitude, filters * cells},
                                {dw, dw_magnitude, c.batch * c.out_height * c.out_width});
    if (&s >= cases + first_sliding && &s < cases + first_by_2) {
      volute_convolution call = c;
      call.call.kind = VOLUTE_CONVOLUTION;
      expect(volute_algorithm(&call.call) == VOLUTE_PATCHES, "pixels are in lanes");
    }
    if (&s >= cases + first_by_2 && &s < cases + first_by_4) {
      volute_convolution call = c;
      call.call.kind = VOLUTE_CONVOLUTION;
      expect(volute_algorithm(&call.call) == VOLUTE_MINIMAL_FILTERING_BY_2, "filters are transformed for small tiles");
    }
    if (&s >= cases + first_by_4) {
      volute_convolution call = c;
      for (int64_t kind :
           {VOLUTE_CONVOLUTION, VOLUTE_CONVOLUTION_INPUT_GRADIENT, VOLUTE_CONVOLUTION_FILTER_GRADIENT}) {
        call.call.kind = kind;
        expect(volute_scratch(&call.call) > 3 * w.size(), "filters are transformed");
      }
    }
  }
}
