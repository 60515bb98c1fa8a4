#include "gemm.h"

#include "../pool.h"

namespace volute::VOLUTE_LEVEL {
namespace {

// Rows of A packed at a time: with block_k columns an eighth of a megabyte.
constexpr int64_t block_rows = 128;

// Up to this many rows B is read where it lies: packing it would cost more than it saves.
constexpr int64_t direct_rows = 48;

// The largest block of one part of a job.
constexpr int64_t part_rows = 512;
constexpr int64_t part_columns = 480;

template <class T>
struct Areas {
  T* tile;
  T* a;
  T* b;
};

template <class T>
Areas<T> areas() {
  T* base = static_cast<T*>(workspace());
  T* a = base + tile_elements<T>;
  return {base, a, a + block_rows * block_k + 64};
}

static_assert(workspace_bytes >= static_cast<int64_t>(sizeof(double)) *
                                     (tile_elements<double> + block_rows * block_k + 128 +
                                      (part_columns + 2 * lanes<double>) * block_k),
              "a block fits into the workspace");

// The row panels of A by the column panels of B in one block of k.
template <class T>
void panel_products(const Product<T>& p, int64_t row, int64_t rows, int64_t column, const Partition& columns,
                    int64_t from, int64_t depth, const T* b, bool packed, const Areas<T>& area) {
  constexpr int64_t L = lanes<T>;
  const bool accumulate = p.accumulate || from > 0;
  const bool last = from + depth == p.k;
  const Partition heights(rows, tile_rows, 1);
  for (int64_t i = 0; i < heights.panels; i++) {
    const int64_t start = heights.start(i);
    const int64_t height = heights.size(i);
    pack(depth, height, height, p.a.data + (row + start) * p.a.row + from * p.a.column, p.a.column, p.a.row,
         area.a + start * depth, p.alpha);
  }
  const T* panel = b;
  for (int64_t j = 0; j < columns.panels; j++) {
    const int64_t start = columns.start(j);
    const int64_t width = columns.size(j);
    const int64_t stride = packed ? ceil_div(width, L) * L : p.b.row;
    if (!packed) {
      panel = b + start;
      if (width % L != 0) {
        // Whole vectors would read past the last column: this one panel is copied.
        const int64_t padded = ceil_div(width, L) * L;
        pack(depth, width, padded, panel, p.b.row, int64_t{1}, area.b, T{1});
        panel = area.b;
      }
    }
    const int64_t step = !packed && width % L != 0 ? ceil_div(width, L) * L : stride;
    for (int64_t i = 0; i < heights.panels; i++) {
      const int64_t top = heights.start(i);
      T* c = p.c + (row + top) * p.ldc + column + start;
      tile_product(depth, heights.size(i), width, area.a + top * depth, heights.size(i), panel, step, c, p.ldc,
                   accumulate, area.tile);
      if (last) {
        finish(p.epilogue, row + top, column + start, heights.size(i), width, c, p.ldc);
      }
    }
    if (packed) {
      panel += stride * depth;
    }
  }
}

template <class T>
void set_empty(const Product<T>& p) {
  for (int64_t i = 0; i < p.m; i++) {
    for (int64_t j = 0; !p.accumulate && j < p.n; j++) {
      p.c[i * p.ldc + j] = T{0};
    }
  }
  finish(p.epilogue, 0, 0, p.m, p.n, p.c, p.ldc);
}

}  // namespace

template <class T>
Blocks blocks(int64_t m, int64_t n, int64_t k, int64_t threads) {
  const int64_t narrow = tile_vectors(tile_rows) * int64_t{lanes<T>};
  // A product of less than a few microseconds is one block; others give each thread some.
  const int64_t most = threads == 1 ? 1 : 8 * threads;
  const int64_t aim = minimum(most, maximum(int64_t{1}, m * n / 4096 * k / 256));
  int64_t rows = m;
  int64_t columns = n;
  while (ceil_div(m, rows) * ceil_div(n, columns) < aim || rows > part_rows || columns > part_columns) {
    if (columns > part_columns || (columns > 2 * narrow && columns >= rows)) {
      columns = ceil_div(columns, 2);
    } else if (rows > part_rows || rows > block_rows) {
      rows = ceil_div(rows, 2);
    } else if (columns > 2 * narrow) {
      columns = ceil_div(columns, 2);
    } else {
      break;
    }
  }
  columns = minimum(part_columns, ceil_div(columns, narrow) * narrow);
  return {Partition(m, maximum(rows, int64_t{1}), tile_rows), Partition(n, maximum(columns, int64_t{1}), narrow)};
}

template <class T>
void block_product(const Product<T>& p, const Blocks& grid, int64_t block) {
  const int64_t bi = block / grid.columns.panels;
  const int64_t bj = block % grid.columns.panels;
  const int64_t row = grid.rows.start(bi);
  const int64_t rows = grid.rows.size(bi);
  const int64_t column = grid.columns.start(bj);
  const bool direct = p.m <= direct_rows && p.b.column == 1;
  const Areas<T> area = areas<T>();
  const Partition columns(grid.columns.size(bj), tile_vectors(minimum(p.m, int64_t{tile_rows})) * int64_t{lanes<T>},
                          lanes<T>);
  if (rows <= 0 || columns.length <= 0) {
    return;
  }
  for (int64_t from = 0; from < p.k; from += block_k) {
    const int64_t depth = minimum(block_k, p.k - from);
    const T* b = p.b.data + from * p.b.row + column * p.b.column;
    if (!direct) {
      T* to = area.b;
      for (int64_t j = 0; j < columns.panels; j++) {
        const int64_t width = columns.size(j);
        const int64_t padded = ceil_div(width, lanes<T>) * lanes<T>;
        pack(depth, width, padded, b + columns.start(j) * p.b.column, p.b.row, p.b.column, to, T{1});
        to += padded * depth;
      }
      b = area.b;
    }
    for (int64_t top = 0; top < rows; top += block_rows) {
      panel_products(p, row + top, minimum(block_rows, rows - top), column, columns, from, depth, b, !direct, area);
    }
  }
}

template <class T>
void product(Pool& pool, const Product<T>& p) {
  if (p.k == 0) {
    set_empty(p);
    return;
  }
  if (p.m == 0 || p.n == 0) {
    return;
  }
  const Blocks grid = blocks<T>(p.m, p.n, p.k, pool.threads());
  const double flops = 2.0 * static_cast<double>(p.m) * static_cast<double>(p.n) * static_cast<double>(p.k);
  pool.run(grid.count(), flops / 80, [&](int64_t block) { block_product(p, grid, block); });
}

#define VOLUTE_INSTANTIATE(T)                                                \
  template Blocks blocks<T>(int64_t, int64_t, int64_t, int64_t);             \
  template void block_product<T>(const Product<T>&, const Blocks&, int64_t); \
  template void product<T>(Pool&, const Product<T>&);
VOLUTE_INSTANTIATE(float)
VOLUTE_INSTANTIATE(double)

}  // namespace volute::VOLUTE_LEVEL
