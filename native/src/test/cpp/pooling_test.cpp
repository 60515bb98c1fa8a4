// Pooling and its gradients against windows taken cell by cell, in every mixture of formats.
#include <cmath>
#include <vector>

#include "testing.h"

namespace {

struct Size {
  int64_t batch, channels, height, width, window, stride, pad;
};

// Images that end inside a vector, with channels that do and do not fill vectors.
const std::vector<Size> sizes = {{1, 3, 6, 6, 2, 2, 0},  {3, 1, 7, 41, 2, 2, 0},  {1, 3, 9, 70, 3, 2, 1},
                                 {1, 3, 5, 37, 3, 1, 1}, {2, 2, 8, 23, 2, 3, 0},  {1, 3, 3, 3, 3, 1, 2},
                                 {3, 1, 11, 12, 5, 2, 2}, {2, 16, 6, 8, 2, 2, 0}, {2, 32, 7, 5, 3, 2, 1},
                                 {1, 48, 9, 4, 2, 3, 1}, {3, 80, 5, 5, 3, 1, 1},
                                 // Rows too short for vectors, in twos.
                                 {3, 7, 2, 2, 2, 2, 0},   {1, 9, 6, 4, 2, 2, 0},   {5, 3, 8, 8, 2, 2, 0},
                                 {2, 3, 4, 16, 2, 2, 0}};

volute_pool pool(const Size& s) {
  volute_pool c{};
  c.planes = s.batch * s.channels, c.channels = s.channels, c.height = s.height, c.width = s.width;
  c.out_height = (s.height + 2 * s.pad - s.window) / s.stride + 1;
  c.out_width = (s.width + 2 * s.pad - s.window) / s.stride + 1;
  c.window_y = c.window_x = s.window, c.stride_y = c.stride_x = s.stride, c.pad_y = c.pad_x = s.pad;
  return c;
}

// Runs a call in a mixture of formats, by its bits: x, y, index. What it writes is `x` or else `y` and the index.
void run_in(Context& context, volute_pool c, int64_t formats, int64_t batch, Floats& x, Floats& y,
            std::vector<int32_t>& index) {
  c.x_last = formats & 1, c.y_last = formats >> 1 & 1, c.index_last = formats >> 2 & 1;
  Floats in = reordered(x, batch, c.x_last ? c.channels : 1, false);
  Floats out = reordered(y, batch, c.y_last ? c.channels : 1, false);
  std::vector<int32_t> places = reordered(index, batch, c.index_last ? c.channels : 1, false);
  c.x = in.get(), c.y = out.get(), c.index = index.empty() ? nullptr : places.data();
  expect(context.run(c) == VOLUTE_OK, "pooling");
  x = reordered(in, batch, c.x_last ? c.channels : 1, true);
  y = reordered(out, batch, c.y_last ? c.channels : 1, true);
  index = reordered(places, batch, c.index_last ? c.channels : 1, true);
}

// Calls work(result, cell, place of the cell in x) for each cell inside the image.
template <class Work>
void each_cell(const volute_pool& c, const Work& work) {
  const int64_t results = c.out_height * c.out_width;
  for (int64_t o = 0; o < c.planes * results; o++) {
    const int64_t top = o % results / c.out_width * c.stride_y - c.pad_y;
    const int64_t left = o % c.out_width * c.stride_x - c.pad_x;
    for (int64_t cell = 0; cell < c.window_y * c.window_x; cell++) {
      const int64_t i = top + cell / c.window_x, j = left + cell % c.window_x;
      if (i >= 0 && i < c.height && j >= 0 && j < c.width) {
        work(o, cell, (o / results * c.height + i) * c.width + j);
      }
    }
  }
}

}  // namespace

void test_max_pool(Context& context) {
  for (const Size& s : sizes) {
    volute_pool c = pool(s);
    Floats x(c.planes * s.height * s.width, 1), g(c.planes * c.out_height * c.out_width, 2);
    x[1] = x[2], x[s.width] = NAN, x[x.size() - 1] = -INFINITY;
    std::vector<double> best(static_cast<size_t>(g.size()));
    std::vector<int32_t> at(best.size(), -1);
    std::vector<int64_t> taken(best.size());
    each_cell(c, [&](int64_t o, int64_t cell, int64_t place) {
      const size_t result = static_cast<size_t>(o);
      const double v = x[place];
      if (at[result] < 0 || v > best[result] || (std::isnan(v) && !std::isnan(best[result]))) {
        best[result] = v, at[result] = static_cast<int32_t>(cell), taken[result] = place;
      }
    });
    std::vector<double> gradient(static_cast<size_t>(x.size()));
    for (size_t o = 0; o < best.size(); o++) {
      gradient[static_cast<size_t>(taken[o])] += double{g[static_cast<int64_t>(o)]};
    }
    for (int64_t formats = 0; formats < 8; formats++) {
      c.call.kind = VOLUTE_MAX_POOL;
      Floats y(g.size()), without(g.size());
      std::vector<int32_t> index(best.size()), none;
      run_in(context, c, formats, s.batch, x, y, index);
      run_in(context, c, formats, s.batch, x, without, none);
      expect(index == at, "index of max pool");
      for (int64_t o = 0; o < g.size(); o++) {
        expect_close(best[static_cast<size_t>(o)], y[o], 0, "max pool", o);
        expect_close(best[static_cast<size_t>(o)], without[o], 0, "max pool without index", o);
      }
      c.call.kind = VOLUTE_MAX_POOL_GRADIENT;
      Floats dx(x.size(), 7);
      run_in(context, c, formats, s.batch, dx, g, index);
      for (int64_t i = 0; i < dx.size(); i++) {
        expect_close(gradient[static_cast<size_t>(i)], dx[i], 1e-5, "max pool gradient", i);
      }
    }
  }
}

void test_average_pool(Context& context) {
  for (const Size& s : sizes) {
    for (int64_t formats = 0; formats < 8; formats++) {
      volute_pool c = pool(s);
      c.count_padding = formats >> 2;
      Floats x(c.planes * s.height * s.width, 1), g(c.planes * c.out_height * c.out_width, 2), y(g.size()), dx(x.size(), 7);
      std::vector<double> count(static_cast<size_t>(g.size())), mean(count.size());
      std::vector<double> gradient(static_cast<size_t>(x.size()));
      each_cell(c, [&](int64_t o, int64_t, int64_t) { count[static_cast<size_t>(o)]++; });
      each_cell(c, [&](int64_t o, int64_t, int64_t place) {
        const double cells =
            c.count_padding ? static_cast<double>(s.window * s.window) : count[static_cast<size_t>(o)];
        mean[static_cast<size_t>(o)] += x[place] / cells;
        gradient[static_cast<size_t>(place)] += g[o] / cells;
      });
      std::vector<int32_t> none;
      c.call.kind = VOLUTE_AVERAGE_POOL;
      run_in(context, c, formats, s.batch, x, y, none);
      c.call.kind = VOLUTE_AVERAGE_POOL_GRADIENT;
      run_in(context, c, formats, s.batch, dx, g, none);
      for (int64_t o = 0; o < y.size(); o++) {
        expect_close(mean[static_cast<size_t>(o)], y[o], 1e-5, "average pool", o);
      }
      for (int64_t i = 0; i < dx.size(); i++) {
        expect_close(gradient[static_cast<size_t>(i)], dx[i], 1e-5, "average pool gradient", i);
      }
    }
  }
}
