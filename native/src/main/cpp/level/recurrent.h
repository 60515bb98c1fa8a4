// What the recurrences and their gradients share.
#pragma once

#include "../pool.h"
#include "gemm.h"
#include "kernels.h"
#include "transcendental.h"

namespace volute::VOLUTE_LEVEL {

// A matrix of states, one row a batch entry.
struct Rows {
  const float* data;
  int64_t stride;
  const float* row(int64_t b) const { return data + b * stride; }
};

// As many units of a row as a vector has lanes, from `at` on.
struct WholeUnits {
  int64_t at;
  VOLUTE_INLINE f32v get(const float* p) const { return load(p + at); }
  VOLUTE_INLINE void set(float* p, f32v v) const { store(p + at, v); }
  VOLUTE_INLINE void set_past(float* p, f32v v) const { store_past(p + at, v); }
};

// Fewer.
struct SomeUnits {
  int64_t at;
  int64_t count;
  VOLUTE_INLINE f32v get(const float* p) const { return load_part(p + at, count); }
  VOLUTE_INLINE void set(float* p, f32v v) const { store_part(p + at, v, count); }
  VOLUTE_INLINE void set_past(float* p, f32v v) const { set(p, v); }
};

// Rows [row, row + rows) and units [unit, unit + units): what one part of a step works on.
struct Area {
  int64_t row, rows;
  int64_t unit, units;
};

// Calls work(units) for all units of the area.
template <class Work>
VOLUTE_INLINE void each_units(const Area& area, const Work& work) {
  constexpr int64_t L = lanes<float>;
  const int64_t end = area.unit + area.units;
  int64_t j = area.unit;
  for (; j + L <= end; j += L) {
    work(WholeUnits{j});
  }
  if (j < end) {
    work(SomeUnits{j, end - j});
  }
}

// The hidden states before step t.
VOLUTE_INLINE Rows hidden_before(const volute_recurrent& c, int64_t t) {
  return t == 0 ? Rows{c.h0, c.units} : Rows{c.y + (t - 1) * c.units, c.time * c.units};
}

// Whether all ids are rows of the table; the first that is not is reported.
inline int check_ids(volute_recurrent& c) {
  for (int64_t i = 0; c.rows > 0 && i < c.batch * c.time; i++) {
    if (c.ids[i] < 0 || c.ids[i] >= c.rows) {
      c.call.position = i;
      c.call.index = c.ids[i];
      c.call.bound = c.rows;
      return VOLUTE_INDEX_OUT_OF_RANGE;
    }
  }
  return VOLUTE_OK;
}

constexpr int64_t gates_of(int64_t cell) {
  return cell == VOLUTE_CELL_LSTM ? 4 : cell == VOLUTE_CELL_GRU || cell == VOLUTE_CELL_GRU_RESET_AFTER ? 3 : 1;
}

constexpr int64_t reserve_of(int64_t cell) {
  return cell == VOLUTE_CELL_LSTM ? 5 : cell == VOLUTE_CELL_GRU ? 3 : cell == VOLUTE_CELL_GRU_RESET_AFTER ? 4 : 0;
}

}  // namespace volute::VOLUTE_LEVEL
