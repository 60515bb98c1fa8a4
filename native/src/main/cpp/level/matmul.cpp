// Matrix products of any strided matrices, and the fully connected layer.
#include "../pool.h"
#include "../sizes.h"
#include "gemm.h"
#include "kernels.h"
#include "strided.h"

namespace volute::VOLUTE_LEVEL {
namespace {

// A row-major or column-major matrix in CBLAS's terms.
template <class T>
bool blas_operand(const Matrix<T>& m, int64_t rows, int64_t columns, int& transposed, int& leading) {
  if (m.column == 1 && m.row >= maximum(columns, int64_t{1}) && m.row <= INT32_MAX) {
    transposed = 111;
    leading = static_cast<int>(m.row);
    return true;
  }
  if (m.row == 1 && m.column >= maximum(rows, int64_t{1}) && m.column <= INT32_MAX) {
    transposed = 112;
    leading = static_cast<int>(m.column);
    return true;
  }
  return false;
}

void call_blas(const Blas& blas, int ta, int tb, int m, int n, int k, const Product<float>& p, const float* a, int la,
               int lb, float* c) {
  blas.single(101, ta, tb, m, n, k, p.alpha, a, la, p.b.data, lb, p.accumulate ? 1.0f : 0.0f, c,
              static_cast<int>(p.ldc));
}

void call_blas(const Blas& blas, int ta, int tb, int m, int n, int k, const Product<double>& p, const double* a, int la,
               int lb, double* c) {
  blas.twice(101, ta, tb, m, n, k, p.alpha, a, la, p.b.data, lb, p.accumulate ? 1.0 : 0.0, c,
             static_cast<int>(p.ldc));
}

// OpenBLAS is passed in where our kernels have no vectors to speak of; small products stay ours even there.
template <class T>
bool blas_product(Pool& pool, const Blas& blas, const Product<T>& p) {
  int ta = 0, la = 0, tb = 0, lb = 0;
  if (!blas.single || minimum(p.m, minimum(p.n, p.k)) < 64 || !blas_operand(p.a, p.m, p.k, ta, la) ||
      !blas_operand(p.b, p.k, p.n, tb, lb) || maximum(p.ldc, p.k) > INT32_MAX) {
    return false;
  }
  // Rows are cut by the size alone: OpenBLAS may round differently for another number of rows.
  const Partition rows(p.m, maximum(int64_t{64}, ceil_div(ceil_div(p.m, 16), 16) * 16), 16);
  const double flops = 2.0 * static_cast<double>(p.m) * static_cast<double>(p.n) * static_cast<double>(p.k);
  pool.run(rows.panels, flops / 40, [&](int64_t part) {
    const int64_t from = rows.start(part);
    call_blas(blas, ta, tb, static_cast<int>(rows.size(part)), static_cast<int>(p.n), static_cast<int>(p.k), p,
              p.a.data + from * p.a.row, la, lb, p.c + from * p.ldc);
    finish(p.epilogue, from, int64_t{0}, rows.size(part), p.n, p.c + from * p.ldc, p.ldc);
  });
  return true;
}

template <class T>
void multiply(Pool& pool, const Blas& blas, const Product<T>& p) {
  if (!blas_product(pool, blas, p)) {
    product(pool, p);
  }
}

struct Offsets {
  int64_t out, a, b, c;
};

// One matrix of a batch, with the product done on `out` itself, on its transpose or by way of the scratch.
template <class T>
void one_matrix(Pool& pool, const Blas& blas, const volute_matmul& call, const Offsets& at) {
  const int64_t m = call.m;
  const int64_t n = call.n;
  T* const out = static_cast<T*>(call.out) + at.out;
  const Matrix<T> a{static_cast<const T*>(call.a) + at.a, call.a_row, call.a_column};
  const Matrix<T> b{static_cast<const T*>(call.b) + at.b, call.b_row, call.b_column};
  const bool accumulate = call.beta != 0;
  const T alpha = static_cast<T>(call.alpha);
  const bool plain = call.out_column == 1 || n == 1;
  const bool flipped = !plain && (call.out_row == 1 || m == 1);
  T* const target = plain || flipped ? out : static_cast<T*>(call.scratch);
  const int64_t row = plain ? call.out_row : flipped ? 1 : n;
  const int64_t column = plain ? 1 : flipped ? call.out_column : 1;
  if (accumulate) {
    const T* const c = static_cast<const T*>(call.c) + at.c;
    const T beta = static_cast<T>(call.beta);
    for (int64_t i = 0; i < m; i++) {
      for (int64_t j = 0; j < n; j++) {
        target[i * row + j * column] = beta * c[i * call.c_row + j * call.c_column];
      }
    }
  }
  if (flipped) {
    multiply<T>(pool, blas,
                {n, m, call.k, {b.data, b.column, b.row}, {a.data, a.column, a.row}, target, column, alpha, accumulate, {}});
  } else {
    multiply<T>(pool, blas, {m, n, call.k, a, b, target, row, alpha, accumulate, {}});
  }
  if (!plain && !flipped) {
    for (int64_t i = 0; i < m; i++) {
      for (int64_t j = 0; j < n; j++) {
        out[i * call.out_row + j * call.out_column] = target[i * n + j];
      }
    }
  }
}

void whole_numbers(const volute_matmul& call, const Offsets& at) {
  int32_t* const out = static_cast<int32_t*>(call.out) + at.out;
  const int32_t* const a = static_cast<const int32_t*>(call.a) + at.a;
  const int32_t* const b = static_cast<const int32_t*>(call.b) + at.b;
  const int32_t* const c = static_cast<const int32_t*>(call.c);
  for (int64_t i = 0; i < call.m; i++) {
    for (int64_t j = 0; j < call.n; j++) {
      int32_t sum = 0;
      for (int64_t p = 0; p < call.k; p++) {
        sum += a[i * call.a_row + p * call.a_column] * b[p * call.b_row + j * call.b_column];
      }
      const double more = call.beta != 0 ? call.beta * c[at.c + i * call.c_row + j * call.c_column] : 0.0;
      out[i * call.out_row + j * call.out_column] = static_cast<int32_t>(call.alpha * sum + more);
    }
  }
}

template <class Work>
void each_matrix(int64_t rank, const int64_t* shape, int64_t axis, const Offsets& at, const Work& work) {
  if (axis == rank) {
    work(at);
    return;
  }
  const int64_t* strides = shape + rank + axis;
  for (int64_t i = 0; i < shape[axis]; i++) {
    each_matrix(rank, shape, axis + 1,
                {at.out + i * strides[0], at.a + i * strides[rank], at.b + i * strides[2 * rank],
                 at.c + i * strides[3 * rank]},
                work);
  }
}

// The rows of x by some of w's packed panels. Rows are packed in turn, a block of them and of the sum's terms at a time; a
// single row is read where it lies, and its sums never leave the registers.
void packed_panels(const volute_linear& c, const PackedColumns<float>& b, int64_t first, int64_t end) {
  constexpr int64_t block_rows = 128;
  float* const tile = static_cast<float*>(workspace());
  float* const a = tile + tile_elements<float>;
  Epilogue<float> epilogue;
  epilogue.column_bias = c.bias;
  epilogue.activation = static_cast<Activation>(c.activation);
  const int64_t depth_most = c.rows == 1 ? c.inputs : block_k;
  for (int64_t top = 0; top < c.rows; top += block_rows) {
    const Partition heights(minimum(block_rows, c.rows - top), tile_rows, 1);
    for (int64_t from = 0; from < c.inputs; from += depth_most) {
      const int64_t depth = minimum(depth_most, c.inputs - from);
      const float* x = c.x + top * c.inputs + from;
      for (int64_t i = 0; i < heights.panels && c.rows > 1; i++) {
        pack(depth, heights.size(i), heights.size(i), x + heights.start(i) * c.inputs, int64_t{1}, c.inputs,
             a + heights.start(i) * depth, 1.0f);
      }
      for (int64_t panel = first; panel < end; panel++) {
        const int64_t column = b.columns.start(panel);
        const int64_t columns = b.columns.size(panel);
        const float* w = c.packed + b.offset(panel) + from * b.width(panel);
        for (int64_t i = 0; i < heights.panels; i++) {
          const int64_t row = top + heights.start(i);
          const int64_t rows = heights.size(i);
          float* to = c.out + row * c.outputs + column;
          tile_product(depth, rows, columns, c.rows == 1 ? x : a + heights.start(i) * depth, rows, w, b.width(panel), to,
                       c.outputs, from > 0, tile);
          if (from + depth == c.inputs) {
            finish(epilogue, row, column, rows, columns, to, c.outputs);
          }
        }
      }
    }
  }
}

}  // namespace

int run_matmul(Pool& pool, const Blas& blas, volute_matmul& call) {
  const int64_t* shape = behind(call);
  if (call.m == 0 || call.n == 0) {
    return VOLUTE_OK;
  }
  switch (call.dtype) {
    case VOLUTE_F32:
      each_matrix(call.rank, shape, 0, {}, [&](const Offsets& at) { one_matrix<float>(pool, blas, call, at); });
      return VOLUTE_OK;
    case VOLUTE_F64:
      each_matrix(call.rank, shape, 0, {}, [&](const Offsets& at) { one_matrix<double>(pool, blas, call, at); });
      return VOLUTE_OK;
    case VOLUTE_I32:
      each_matrix(call.rank, shape, 0, {}, [&](const Offsets& at) { whole_numbers(call, at); });
      return VOLUTE_OK;
    default:
      return VOLUTE_UNKNOWN_CALL;
  }
}

int run_pack_linear(Pool& pool, volute_linear& c) {
  const PackedColumns<float> b(c.rows, c.outputs, c.inputs);
  const double elements = static_cast<double>(c.inputs) * static_cast<double>(c.outputs);
  pool.run(b.columns.panels, elements, [&](int64_t panel) {
    pack(c.inputs, b.columns.size(panel), b.width(panel), c.w + b.columns.start(panel), c.outputs, int64_t{1},
         c.packed + b.offset(panel), 1.0f);
  });
  return VOLUTE_OK;
}

int run_linear(Pool& pool, const Blas& blas, volute_linear& c) {
  Product<float> p{c.rows, c.outputs, c.inputs, {c.x, c.inputs, 1}, {c.w, c.outputs, 1}, c.out, c.outputs, 1, false, {}};
  p.epilogue.column_bias = c.bias;
  p.epilogue.activation = static_cast<Activation>(c.activation);
  if (!c.packed || c.inputs == 0 || c.rows * c.outputs == 0) {
    multiply(pool, blas, p);
  } else if (!blas_product(pool, blas, p)) {
    const PackedColumns<float> b(c.rows, c.outputs, c.inputs);
    const double flops = 2.0 * static_cast<double>(c.rows * c.outputs) * static_cast<double>(c.inputs);
    // Each part packs the rows for itself: of many rows no more parts than threads can share.
    const int64_t most = c.rows == 1 ? 16 : pool.threads() == 1 ? 1 : 2 * pool.threads();
    const int64_t parts = minimum(b.columns.panels, minimum(most, 1 + c.rows * c.outputs * c.inputs / (1 << 17)));
    pool.run(parts, flops / 80, [&](int64_t part) {
      packed_panels(c, b, b.columns.panels * part / parts, b.columns.panels * (part + 1) / parts);
    });
  }
  return VOLUTE_OK;
}

}  // namespace volute::VOLUTE_LEVEL
