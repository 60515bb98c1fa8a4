// Matrix products of any strided matrices, and the fully connected layer.
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

int run_linear(Pool& pool, const Blas& blas, volute_linear& c) {
  Product<float> p{c.rows, c.outputs, c.inputs, {c.x, c.inputs, 1}, {c.w, c.outputs, 1}, c.out, c.outputs, 1, false, {}};
  p.epilogue.column_bias = c.bias;
  p.epilogue.activation = static_cast<Activation>(c.activation);
  multiply(pool, blas, p);
  return VOLUTE_OK;
}

}  // namespace volute::VOLUTE_LEVEL
