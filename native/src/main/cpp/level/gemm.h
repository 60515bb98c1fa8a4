// Matrix products: register tiles, packed panels and the blocked product built on them.
//
// Every element of a product is one chain of fused multiply-adds over k in ascending order, whatever the tile,
// the block or the thread that computes it. So splitting the work differently never changes a bit.
#pragma once

#include "simd.h"

namespace volute {
class Pool;
}

namespace volute::VOLUTE_LEVEL {

enum class Activation : int32_t { identity = 0, relu = 1, tanh = 2, sigmoid = 3, relu6 = 4 };

// An activation as two bounds, and what is left of it: all where it is none of bounds.
struct Clamp {
  float low = -__builtin_inff();
  float high = __builtin_inff();
  Activation rest;

  explicit Clamp(Activation a) : rest(a) {
    if (a == Activation::relu || a == Activation::relu6) {
      low = 0.0f;
      high = a == Activation::relu6 ? 6.0f : high;
      rest = Activation::identity;
    }
  }
};

// Most rows of a register tile, and how many vectors wide the tile is for a given number of rows: as many
// accumulators as there are registers, less those for one row of B and one broadcast. Floats have taller tiles too, for
// products of few columns: up to tall_rows, by as many vectors.
#if VOLUTE_VECTOR_BYTES == 64
constexpr int tile_rows = 8;
constexpr int tallest = 24;
constexpr int tile_vectors(int64_t rows) { return rows <= 3 ? 8 : rows <= 8 ? 3 : rows <= 12 ? 2 : 1; }
constexpr int tall_rows(int64_t vectors) { return vectors == 1 ? tallest : vectors == 2 ? 12 : tile_rows; }
#else
constexpr int tile_rows = 6;
constexpr int tallest = 12;
constexpr int tile_vectors(int64_t rows) { return rows == 1 ? 8 : rows == 2 ? 5 : rows == 3 ? 4 : rows <= 6 ? 2 : 1; }
constexpr int tall_rows(int64_t vectors) { return vectors == 1 ? tallest : tile_rows; }
#endif
constexpr int tile_vectors_max = 8;

template <class T>
constexpr int64_t tile_elements = int64_t{tile_rows} * tile_vectors_max * lanes<T>;

// k * (rows + columns) elements of a block of panels stay in the second-level cache.
constexpr int64_t block_k = 256;

// What a product sums over: `runs` times k terms. The rows of A of run r begin at starts[r], those of B lie one run after
// the other. Plain products have one run.
struct Depth {
  int64_t k;
  int64_t runs;
  const int64_t* starts;

  Depth(int64_t k_) : k(k_), runs(1), starts(&none) {}
  Depth(int64_t k_, int64_t runs_, const int64_t* starts_) : k(k_), runs(runs_), starts(starts_) {}

 private:
  static constexpr int64_t none = 0;
};

// c[rows, vectors * lanes] (row stride ldc) = (accumulate ? c : 0) + a b, where the factors for k are a[k * lda + i]
// and b[k * ldb + j]: in a packed panel of A lda is the number of rows. Tiles of some rows, up to tile_rows, meanwhile read
// a line of the cache for each k into the second level, from `ahead` on, if that is not null. Those of fewer are so fast
// that this would only delay what they wait for themselves.
template <class T>
using MicroKernel = void (*)(const Depth& depth, const T* a, int64_t lda, const T* b, int64_t ldb, T* c, int64_t ldc,
                             bool accumulate, const T* ahead);

constexpr int64_t line_bytes = 64;
constexpr int64_t line_floats = line_bytes / static_cast<int64_t>(sizeof(float));

template <class T>
MicroKernel<T> micro_kernel(int64_t rows, int64_t vectors);

// dst[k * padded + j] = scale * src[k * k_stride + j * j_stride] for j < width, 0 for width <= j < padded.
// Writes up to 8 elements past the end where j_stride is not 1.
template <class T>
void pack(int64_t k, int64_t width, int64_t padded, const T* src, int64_t k_stride, int64_t j_stride, T* dst,
          T scale);

constexpr int64_t pack_slack = 8;

// A length cut into panels of nearly equal size, none above `largest`, each a multiple of `unit` but the last.
struct Partition {
  int64_t length;
  int64_t unit;
  int64_t panels;
  int64_t units;

  Partition(int64_t length_, int64_t largest, int64_t unit_)
      : length(length_), unit(unit_), panels(ceil_div(length_, largest)), units(ceil_div(length_, unit_)) {}

  int64_t start(int64_t panel) const { return minimum(units * panel / panels * unit, length); }
  int64_t size(int64_t panel) const { return start(panel + 1) - start(panel); }
};

// What happens to a finished element: bias by row or by column, then the activation.
template <class T>
struct Epilogue {
  const T* row_bias = nullptr;
  const T* column_bias = nullptr;
  Activation activation = Activation::identity;

  bool empty() const { return !row_bias && !column_bias && activation == Activation::identity; }
};

// Applies the epilogue in place to c[rows, columns], which stands at (row, column) of the whole product.
template <class T>
void finish(const Epilogue<T>& epilogue, int64_t row, int64_t column, int64_t rows, int64_t columns, T* c,
            int64_t ldc);

// One panel product of up to tall_rows rows: rows x columns of c from panels of A and B with the given strides, as for the micro kernel;
// ceil(columns / lanes) vectors of b may be read. `tile` holds tile_elements elements.
template <class T>
void tile_product(const Depth& depth, int64_t rows, int64_t columns, const T* a, int64_t lda, const T* b, int64_t ldb,
                  T* c, int64_t ldc, bool accumulate, T* tile, const T* ahead = nullptr);

// A matrix as strides: element (i, j) at data[i * row + j * column].
template <class T>
struct Matrix {
  const T* data;
  int64_t row;
  int64_t column;
};

// c = epilogue(alpha a b + (accumulate ? c : 0)); c has unit column stride.
template <class T>
struct Product {
  int64_t m, n, k;
  Matrix<T> a, b;
  T* c;
  int64_t ldc;
  T alpha = 1;
  bool accumulate = false;
  Epilogue<T> epilogue = {};
};

// How a product of this size is cut into independent blocks for so many threads. An element is the same sum in any block;
// fewer blocks pack their operands less often.
struct Blocks {
  Partition rows;
  Partition columns;
  int64_t count() const { return rows.panels * columns.panels; }
};
template <class T>
Blocks blocks(int64_t m, int64_t n, int64_t k, int64_t threads);

// Computes one block in the workspace of the calling thread.
template <class T>
void block_product(const Product<T>& product, const Blocks& blocks, int64_t block);

// The whole product, its blocks shared out among the pool's threads.
template <class T>
void product(Pool& pool, const Product<T>& product);

// All of B in panels for repeated products with m rows: panel p holds columns [start(p), start(p) + size(p)),
// k rows of width(p) = size rounded up to whole vectors, at offset(p).
template <class T>
struct PackedColumns {
  Partition columns;
  int64_t k;

  PackedColumns(int64_t m, int64_t n, int64_t k_)
      : columns(n, tile_vectors(minimum(m, int64_t{tile_rows})) * int64_t{lanes<T>}, lanes<T>), k(k_) {}

  int64_t width(int64_t panel) const { return ceil_div(columns.size(panel), lanes<T>) * lanes<T>; }
  int64_t offset(int64_t panel) const { return k * columns.start(panel); }
  int64_t elements() const { return k * columns.units * lanes<T> + pack_slack; }
};

}  // namespace volute::VOLUTE_LEVEL
