// Convolutions with pixels in lanes whose patches are read where they lie in the image: a step of one pixel takes what a
// cell meets from one result to the next, so that the pixels of a vector lie side by side, but where a row of results ends.
#pragma once

#include "../sizes.h"
#include "gemm.h"

namespace volute::VOLUTE_LEVEL {

// As many accumulators as there are registers, less those for a vector of pixels each and one broadcast.
constexpr int64_t sliding_vectors = tile_vectors(tile_rows);

// y[row * plane + i] = end(sum over cells k of a[k * rows + row] * image[cells[k] + groups[i / 8] + i % 8]) for some rows,
// at most tile_rows. The end adds the bias and holds the result between two bounds.
struct SlidingTile {
  int64_t k;
  const int64_t* cells;
  const float* image;
  const int64_t* groups;  // for whole vectors of results
  const float* a;
  const float* bias;  // of the rows, or null
  float low, high;
  float* y;
  int64_t plane;
};

// So many results of each row, at most sliding_vectors vectors.
void sliding_product(const SlidingTile& tile, int64_t rows, int64_t results);

}  // namespace volute::VOLUTE_LEVEL
