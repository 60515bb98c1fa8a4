// Products of minimal filtering: each element of transformed tiles with its own matrix of transformed filters.
#pragma once

#include "read_ahead.h"

namespace volute::VOLUTE_LEVEL {

// m[e, tile, filter] = sum over channels c of v[e, tile, c] * u[e, c, filter], for elements e of a row of them.
struct ElementProducts {
  int64_t elements, tiles, channels;
  int64_t width;  // filters, in whole vectors
  const float* v;
  int64_t v_stride, v_row;  // from element to element, from tile to tile
  const float* u;
  int64_t u_stride;
  float* m;
  int64_t m_stride;  // from element to element; tiles are `width` apart
  // Where the second-level cache does not hold all filters, those of the next row's first element: while one element is
  // multiplied, the filters of the next are read. Otherwise null.
  const float* next;
  // Two spans of memory beside them, of so many lines of the cache for each element; or none.
  ReadAhead::Lines ahead[2];
};

void element_products(const ElementProducts& p);

}  // namespace volute::VOLUTE_LEVEL
