#include <limits>
#include <type_traits>

#include "kernels.h"
#include "strided.h"

namespace volute::VOLUTE_LEVEL {
namespace {

// How two values become one; `neutral` changes nothing. Sums of floats are taken in blocks that are then summed in
// double precision, so that long sums stay exact to the last few bits.
template <class T>
struct Sum {
  static constexpr T neutral = 0;
  template <class V>
  static VOLUTE_INLINE V apply(V a, V b) {
    return a + b;
  }
};
template <class T>
struct Largest {
  static constexpr T neutral =
      std::numeric_limits<T>::is_integer ? std::numeric_limits<T>::min() : -std::numeric_limits<T>::infinity();
  template <class V>
  static VOLUTE_INLINE V apply(V a, V b) {
    return (a > b) | (a != a) ? a : b;
  }
};
template <class T>
struct Smallest {
  static constexpr T neutral =
      std::numeric_limits<T>::is_integer ? std::numeric_limits<T>::max() : std::numeric_limits<T>::infinity();
  template <class V>
  static VOLUTE_INLINE V apply(V a, V b) {
    return (a < b) | (a != a) ? a : b;
  }
};

// The long sum of a line of block results.
template <class T>
struct Wide {
  using Type = double;
};
template <>
struct Wide<int32_t> {
  using Type = int32_t;
};

template <class T, template <class> class F>
VOLUTE_INLINE T line(const T* in, int64_t stride, int64_t n) {
  constexpr int64_t L = lanes<T>;
  T result = F<T>::neutral;
  int64_t i = 0;
  if (stride == 1 && n >= L) {
    Vector<T> v0 = broadcast(F<T>::neutral);
    Vector<T> v1 = v0, v2 = v0, v3 = v0;
    for (; i + 4 * L <= n; i += 4 * L) {
      v0 = F<T>::apply(v0, load(in + i));
      v1 = F<T>::apply(v1, load(in + i + L));
      v2 = F<T>::apply(v2, load(in + i + 2 * L));
      v3 = F<T>::apply(v3, load(in + i + 3 * L));
    }
    for (; i + L <= n; i += L) {
      v0 = F<T>::apply(v0, load(in + i));
    }
    v0 = F<T>::apply(F<T>::apply(v0, v1), F<T>::apply(v2, v3));
    for (int l = 0; l < lanes<T>; l++) {
      result = F<T>::apply(result, static_cast<T>(v0[l]));
    }
  }
  for (; i < n; i++) {
    result = F<T>::apply(result, in[i * stride]);
  }
  return result;
}

struct Plan {
  Axes<2> kept;     // output, input
  Axes<1> reduced;  // input
  Range all;        // of the reduced axes
};

// One output at a time, along lines of the reduced axes.
template <class T, template <class> class F>
void by_output(const Plan& plan, const Range& range, T* out, const T* in) {
  using Total = std::conditional_t<std::is_same_v<F<T>, Sum<T>>, typename Wide<T>::Type, T>;
  constexpr int64_t piece = 4096;
  const int64_t so = plan.kept.strides[0][plan.kept.rank - 1];
  const int64_t si = plan.kept.strides[1][plan.kept.rank - 1];
  const int64_t sr = plan.reduced.strides[0][plan.reduced.rank - 1];
  each_line<2>(plan.kept, range, 0, {0, 0}, [&](int64_t length, const int64_t(&at)[2]) {
    for (int64_t j = 0; j < length; j++) {
      const T* from = in + at[1] + j * si;
      Total total = F<T>::neutral;
      each_line<1>(plan.reduced, plan.all, 0, {0}, [&](int64_t n, const int64_t(&r)[1]) {
        for (int64_t i = 0; i < n; i += piece) {
          const T part = line<T, F>(from + r[0] + i * sr, sr, minimum(piece, n - i));
          total = F<Total>::apply(total, static_cast<Total>(part));
        }
      });
      out[at[0] + j * so] = static_cast<T>(total);
    }
  });
}

// Outputs of a line that are folded at a time.
constexpr int64_t line_width = 256;

// As many rows as there are, of N vectors side by side.
template <class T, template <class> class F, int64_t N>
VOLUTE_INLINE void fold_rows(const T* x, int64_t stride, int64_t rows, T* part) {
  constexpr int64_t L = lanes<T>;
  Vector<T> v[N];
#pragma GCC unroll 4
  for (int64_t i = 0; i < N; i++) {
    v[i] = load(part + i * L);
  }
  for (int64_t row = 0; row < rows; row++) {
#pragma GCC unroll 4
    for (int64_t i = 0; i < N; i++) {
      v[i] = F<T>::apply(v[i], load(x + row * stride + i * L));
    }
  }
#pragma GCC unroll 4
  for (int64_t i = 0; i < N; i++) {
    store(part + i * L, v[i]);
  }
}

// Folds lines of inputs that lie side by side: up to line_width of them, over a range of the first reduced axis.
template <class T, template <class> class F, class Total>
void fold_lines(const Plan& plan, const Range& along, const T* in, int64_t n, Total* total) {
  constexpr int64_t L = lanes<T>;
  constexpr int64_t piece = 64;
  T part[line_width];
  for (int64_t i = 0; i < n; i++) {
    part[i] = F<T>::neutral;
    total[i] = F<Total>::neutral;
  }
  int64_t taken = 0;
  const auto add_up = [&] {
    for (int64_t i = 0; i < n; i++) {
      total[i] = F<Total>::apply(total[i], static_cast<Total>(part[i]));
      part[i] = F<T>::neutral;
    }
    taken = 0;
  };
  const int64_t stride = plan.reduced.strides[0][plan.reduced.rank - 1];
  each_line<1>(plan.reduced, along, 0, {0}, [&](int64_t rows, const int64_t(&r)[1]) {
    for (int64_t row = 0; row < rows;) {
      const int64_t count = minimum(rows - row, piece - taken);
      const T* x = in + r[0] + row * stride;
      int64_t i = 0;
      for (; i + 4 * L <= n; i += 4 * L) {
        fold_rows<T, F, 4>(x + i, stride, count, part + i);
      }
      for (; i + L <= n; i += L) {
        fold_rows<T, F, 1>(x + i, stride, count, part + i);
      }
      for (; i < n; i++) {
        for (int64_t k = 0; k < count; k++) {
          part[i] = F<T>::apply(part[i], x[k * stride + i]);
        }
      }
      row += count;
      taken += count;
      if (taken == piece) {
        add_up();
      }
    }
  });
  add_up();
}

// Lines of outputs at a time: their inputs lie side by side.
template <class T, template <class> class F>
void by_line(const Plan& plan, const Range& range, T* out, const T* in) {
  using Total = std::conditional_t<std::is_same_v<F<T>, Sum<T>>, typename Wide<T>::Type, T>;
  const int64_t so = plan.kept.strides[0][plan.kept.rank - 1];
  each_line<2>(plan.kept, range, 0, {0, 0}, [&](int64_t length, const int64_t(&at)[2]) {
    for (int64_t j = 0; j < length; j += line_width) {
      const int64_t n = minimum(line_width, length - j);
      Total total[line_width];
      fold_lines<T, F>(plan, plan.all, in + at[1] + j, n, total);
      for (int64_t i = 0; i < n; i++) {
        out[at[0] + (j + i) * so] = static_cast<T>(total[i]);
      }
    }
  });
}

// A single line of outputs, of so many inputs that threads share these: parts of the first reduced axis are folded apart.
template <class T, template <class> class F>
void by_part(Pool& pool, const Plan& plan, int64_t elements, double nanoseconds, T* out, const T* in) {
  using Total = std::conditional_t<std::is_same_v<F<T>, Sum<T>>, typename Wide<T>::Type, T>;
  constexpr int64_t most = 64;
  constexpr int64_t grain = 8192;
  const int64_t n = plan.kept.lengths[0];
  const int64_t length = plan.reduced.lengths[0];
  const int64_t parts = maximum(int64_t{1}, minimum(minimum(length, elements / grain), most));
  Total* const totals = static_cast<Total*>(workspace());
  pool.run(parts, nanoseconds, [&](int64_t part) {
    const Range along{0, length * part / parts, length * (part + 1) / parts};
    fold_lines<T, F>(plan, along, in, n, totals + part * line_width);
  });
  for (int64_t i = 0; i < n; i++) {
    Total total = totals[i];
    for (int64_t part = 1; part < parts; part++) {
      total = F<Total>::apply(total, totals[part * line_width + i]);
    }
    out[i * plan.kept.strides[0][0]] = static_cast<T>(total);
  }
}

template <class T, template <class> class F>
void reduce(Pool& pool, const volute_reduce& c, const Plan& plan) {
  T* const out = static_cast<T*>(c.out);
  const T* const in = static_cast<const T*>(c.in);
  const int64_t last = plan.kept.rank - 1;
  const bool side_by_side = plan.kept.strides[1][last] == 1 && plan.kept.lengths[last] >= 8;
  const int64_t kept = product_of(plan.kept.rank, plan.kept.lengths);
  const int64_t elements = kept * maximum(int64_t{1}, product_of(plan.reduced.rank, plan.reduced.lengths));
  const double nanoseconds = static_cast<double>(elements) * 0.15;
  if (side_by_side && plan.kept.rank == 1 && kept <= line_width) {
    by_part<T, F>(pool, plan, elements, nanoseconds, out, in);
    return;
  }
  // Lines of outputs are worth their name from some vectors on: the innermost axis is shared out in such pieces.
  const int64_t unit = side_by_side && c.split == last ? 64 : 1;
  const int64_t length = plan.kept.lengths[c.split];
  each_range(pool, c.split, ceil_div(length, unit), elements, nanoseconds, [&](const Range& units) {
    const Range range{c.split, units.from * unit, minimum(length, units.to * unit)};
    if (side_by_side) {
      by_line<T, F>(plan, range, out, in);
    } else {
      by_output<T, F>(plan, range, out, in);
    }
  });
}

template <class T>
void argmax(Pool& pool, const volute_reduce& c, const Plan& plan) {
  int32_t* const out = static_cast<int32_t*>(c.out);
  const T* const in = static_cast<const T*>(c.in);
  const int64_t n = plan.reduced.lengths[0];
  const int64_t sr = plan.reduced.strides[0][0];
  const int64_t so = plan.kept.strides[0][plan.kept.rank - 1];
  const int64_t si = plan.kept.strides[1][plan.kept.rank - 1];
  const int64_t elements = product_of(plan.kept.rank, plan.kept.lengths) * n;
  each_range(pool, c.split, plan.kept.lengths[c.split], elements, static_cast<double>(elements),
             [&](const Range& range) {
               each_line<2>(plan.kept, range, 0, {0, 0}, [&](int64_t length, const int64_t(&at)[2]) {
                 for (int64_t j = 0; j < length; j++) {
                   const T* x = in + at[1] + j * si;
                   int64_t best = 0;
                   for (int64_t i = 1; i < n && x[best * sr] == x[best * sr]; i++) {
                     // Not "greater": a NaN compares false with everything and counts as greatest.
                     best = !(x[i * sr] <= x[best * sr]) ? i : best;
                   }
                   out[at[0] + j * so] = static_cast<int32_t>(best);
                 }
               });
             });
}

template <class T>
int by_function(Pool& pool, const volute_reduce& c, const Plan& plan) {
  switch (c.function) {
    case VOLUTE_SUM:
      reduce<T, Sum>(pool, c, plan);
      return VOLUTE_OK;
    case VOLUTE_MAX:
      reduce<T, Largest>(pool, c, plan);
      return VOLUTE_OK;
    case VOLUTE_MIN:
      reduce<T, Smallest>(pool, c, plan);
      return VOLUTE_OK;
    case VOLUTE_ARGMAX:
      argmax<T>(pool, c, plan);
      return VOLUTE_OK;
    default:
      return VOLUTE_UNKNOWN_CALL;
  }
}

}  // namespace

int run_reduce(Pool& pool, volute_reduce& c) {
  const int64_t* kept = behind(c);
  const int64_t* reduced = kept + 3 * c.kept;
  const Plan plan{{c.kept, kept, {kept + c.kept, kept + 2 * c.kept}},
                  {c.reduced, reduced, {reduced + c.reduced}},
                  {0, 0, reduced[0]}};
  if (product_of(c.kept, kept) == 0) {
    return VOLUTE_OK;
  }
  switch (c.dtype) {
    case VOLUTE_F32:
      return by_function<float>(pool, c, plan);
    case VOLUTE_F64:
      return by_function<double>(pool, c, plan);
    case VOLUTE_I32:
      return by_function<int32_t>(pool, c, plan);
    default:
      return VOLUTE_UNKNOWN_CALL;
  }
}

}  // namespace volute::VOLUTE_LEVEL
