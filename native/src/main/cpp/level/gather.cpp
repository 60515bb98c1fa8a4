// Rows by number: gather and scatter-add.
#include "elementwise.h"
#include "kernels.h"
#include "strided.h"

namespace volute::VOLUTE_LEVEL {
namespace {

template <class Work>
void each_index(int64_t rank, const int64_t* shape, int64_t axis, int64_t index, int64_t values, const Work& work) {
  if (axis == rank) {
    work(index, values);
    return;
  }
  for (int64_t i = 0; i < shape[axis]; i++) {
    each_index(rank, shape, axis + 1, index + i * shape[rank + axis], values + i * shape[2 * rank + axis], work);
  }
}

// The first index outside the table, if there is one, before anything is written.
int check(volute_gather& c, const int64_t* shape) {
  int64_t position = 0;
  int result = VOLUTE_OK;
  each_index(c.index_rank, shape, 0, 0, 0, [&](int64_t at, int64_t) {
    const int32_t index = c.indices[at];
    if ((index < 0 || index >= c.rows) && result == VOLUTE_OK) {
      c.call.position = position;
      c.call.index = index;
      c.call.bound = c.rows;
      result = VOLUTE_INDEX_OUT_OF_RANGE;
    }
    position++;
  });
  return result;
}

// Strides of a row: values, table.
Axes<2> row_axes(const volute_gather& c) {
  const int64_t* row = behind(c) + 3 * c.index_rank;
  return {c.row_rank, row, {row + c.row_rank, row + 2 * c.row_rank}};
}

template <class T>
void gather(const volute_gather& c) {
  const T* const table = static_cast<const T*>(c.table);
  T* const values = static_cast<T*>(c.values);
  const Axes<2> row = row_axes(c);
  const Range all{0, 0, row.lengths[0]};
  const int64_t sv = row.strides[0][row.rank - 1];
  const int64_t st = row.strides[1][row.rank - 1];
  each_index(c.index_rank, behind(c), 0, 0, 0, [&](int64_t index, int64_t value) {
    each_line<2>(row, all, 0, {value, c.indices[index] * c.row_stride}, [&](int64_t n, const int64_t(&at)[2]) {
      if (sv == 1 && st == 1) {
        std::memcpy(values + at[0], table + at[1], static_cast<size_t>(n) * sizeof(T));
        return;
      }
      for (int64_t i = 0; i < n; i++) {
        values[at[0] + i * sv] = table[at[1] + i * st];
      }
    });
  });
}

template <class T>
void scatter(const volute_gather& c) {
  T* const table = static_cast<T*>(c.table);
  const T* const values = static_cast<const T*>(c.values);
  const Axes<2> row = row_axes(c);
  const Range all{0, 0, row.lengths[0]};
  const int64_t sv = row.strides[0][row.rank - 1];
  const int64_t st = row.strides[1][row.rank - 1];
  const Block<T> add = block_function<T>(VOLUTE_ADD);
  for (int64_t r = 0; r < c.rows; r++) {
    each_line<2>(row, all, 0, {0, r * c.row_stride}, [&](int64_t n, const int64_t(&at)[2]) {
      for (int64_t i = 0; i < n; i++) {
        table[at[1] + i * st] = T{0};
      }
    });
  }
  each_index(c.index_rank, behind(c), 0, 0, 0, [&](int64_t index, int64_t value) {
    each_line<2>(row, all, 0, {value, c.indices[index] * c.row_stride}, [&](int64_t n, const int64_t(&at)[2]) {
      T* to = table + at[1];
      if (sv == 1 && st == 1) {
        add(n, to, to, values + at[0]);
        return;
      }
      for (int64_t i = 0; i < n; i++) {
        to[i * st] += values[at[0] + i * sv];
      }
    });
  });
}

template <bool Gather>
int run(volute_gather& c) {
  if (const int code = check(c, behind(c)); code != VOLUTE_OK) {
    return code;
  }
  switch (c.dtype) {
    case VOLUTE_F32:
      Gather ? gather<float>(c) : scatter<float>(c);
      return VOLUTE_OK;
    case VOLUTE_F64:
      Gather ? gather<double>(c) : scatter<double>(c);
      return VOLUTE_OK;
    case VOLUTE_I32:
      Gather ? gather<int32_t>(c) : scatter<int32_t>(c);
      return VOLUTE_OK;
    default:
      return VOLUTE_UNKNOWN_CALL;
  }
}

}  // namespace

int run_gather(Pool&, volute_gather& c) { return run<true>(c); }

int run_scatter_add(Pool&, volute_gather& c) { return run<false>(c); }

}  // namespace volute::VOLUTE_LEVEL
