#include "elementwise.h"

#include <cmath>
#include <limits>

#include "kernels.h"
#include "strided.h"

namespace volute::VOLUTE_LEVEL {
namespace {

#define VOLUTE_BLOCK(NAME, EXPRESSION)                                                          \
  template <class T>                                                                            \
  void NAME##_block(int64_t n, T* out, const T* a, const T* b) {                                \
    map(n, out, a, b, [](Vector<T> x, Vector<T> y) -> Vector<T> {                               \
      const Vector<T> zero{};                                                                   \
      const Vector<T> one = zero + T{1};                                                        \
      static_cast<void>(y);                                                                     \
      static_cast<void>(one);                                                                   \
      return EXPRESSION;                                                                        \
    });                                                                                         \
  }
VOLUTE_BLOCK(negate, -x)
VOLUTE_BLOCK(absolute, x > zero ? x : zero - x)
VOLUTE_BLOCK(sign, x > zero ? one : (x < zero ? -one : x))
VOLUTE_BLOCK(exponential, exp(x))
VOLUTE_BLOCK(logarithm, log(x))
VOLUTE_BLOCK(hyperbolic, tanh(x))
VOLUTE_BLOCK(logistic, sigmoid(x))
VOLUTE_BLOCK(rectify, relu(x))
VOLUTE_BLOCK(add, x + y)
VOLUTE_BLOCK(subtract, x - y)
VOLUTE_BLOCK(multiply, x* y)
VOLUTE_BLOCK(divide, x / y)
VOLUTE_BLOCK(larger, (x > y) | (x != x) ? x : y)
VOLUTE_BLOCK(smaller, (x < y) | (x != x) ? x : y)
VOLUTE_BLOCK(equal, x == y ? one : zero)
VOLUTE_BLOCK(less, x < y ? one : zero)
VOLUTE_BLOCK(less_equal, x <= y ? one : zero)
VOLUTE_BLOCK(relu_gradient, x > zero ? y : zero)
VOLUTE_BLOCK(tanh_gradient, y*(one - x * x))
VOLUTE_BLOCK(sigmoid_gradient, y* x*(one - x))
#undef VOLUTE_BLOCK

template <class T>
void root_block(int64_t n, T* out, const T* a, const T*) {
  for (int64_t i = 0; i < n; i++) {
    out[i] = std::sqrt(a[i]);
  }
}

template <class T>
void power_block(int64_t n, T* out, const T* a, const T* b) {
  for (int64_t i = 0; i < n; i++) {
    out[i] = static_cast<T>(std::pow(a[i], b[i]));
  }
}

// Whole numbers trap where floating ones give infinity: x / 0 is 0 here.
void divide_whole_block(int64_t n, int32_t* out, const int32_t* a, const int32_t* b) {
  for (int64_t i = 0; i < n; i++) {
    out[i] = b[i] == 0 ? 0 : static_cast<int32_t>(int64_t{a[i]} / b[i]);
  }
}

void power_whole_block(int64_t n, int32_t* out, const int32_t* a, const int32_t* b) {
  for (int64_t i = 0; i < n; i++) {
    int32_t base = a[i];
    int32_t result = 1;
    if (b[i] < 0) {
      result = base == 1 ? 1 : base == -1 ? (b[i] % 2 == 0 ? 1 : -1) : 0;
    } else {
      for (int32_t e = b[i]; e > 0; e >>= 1) {
        result = e % 2 == 1 ? result * base : result;
        base *= base;
      }
    }
    out[i] = result;
  }
}

template <class T>
void copy_block(int64_t n, T* out, const T* a, const T*) {
  if (out != a) {
    std::memcpy(out, a, static_cast<size_t>(n) * sizeof(T));
  }
}

template <class T>
void run_ranges(Pool& pool, const volute_strided& c, const int64_t* shape, Block<T> block) {
  const int64_t rank = c.rank;
  const int64_t elements = product_of(rank, shape);
  T* const out = static_cast<T*>(c.data[0]);
  const T* const a = static_cast<const T*>(c.data[1]);
  const bool two = c.inputs == 2;
  const T* const b = two ? static_cast<const T*>(c.data[2]) : a;
  const Axes<3> axes{rank, shape, {shape + rank, shape + 2 * rank, shape + (two ? 3 : 2) * rank}};
  const int64_t so = axes.strides[0][rank - 1];
  const int64_t sa = axes.strides[1][rank - 1];
  const int64_t sb = axes.strides[2][rank - 1];
  each_range(pool, c.split, shape[c.split], elements, static_cast<double>(elements) * 0.3, [&](const Range& range) {
    T buffer_o[block_elements];
    T buffer_a[block_elements];
    T buffer_b[block_elements];
    each_line<3>(axes, range, 0, {0, 0, 0}, [&](int64_t length, const int64_t(&at)[3]) {
      if (so == 1 && sa == 1 && sb == 1) {
        return block(length, out + at[0], a + at[1], b + at[2]);
      }
      for (int64_t i = 0; i < length; i += block_elements) {
        const int64_t n = minimum(block_elements, length - i);
        T* to = out + at[0] + i * so;
        const T* x = gathered(a + at[1] + i * sa, sa, n, buffer_a);
        const T* y = two ? gathered(b + at[2] + i * sb, sb, n, buffer_b) : x;
        block(n, so == 1 ? to : buffer_o, x, y);
        if (so != 1) {
          scattered(buffer_o, to, so, n);
        }
      }
    });
  });
}

template <class T>
void fill(Pool& pool, const volute_strided& c, const int64_t* shape) {
  const T value = static_cast<T>(c.value);
  T* const out = static_cast<T*>(c.data[0]);
  const Axes<1> axes{c.rank, shape, {shape + c.rank}};
  const int64_t stride = shape[2 * c.rank - 1];
  const int64_t elements = product_of(c.rank, shape);
  each_range(pool, c.split, shape[c.split], elements, static_cast<double>(elements) * 0.1, [&](const Range& range) {
    each_line<1>(axes, range, 0, {0}, [&](int64_t length, const int64_t(&at)[1]) {
      T* to = out + at[0];
      if (stride == 1) {
        for (int64_t i = 0; i < length; i++) {
          to[i] = value;
        }
      } else {
        for (int64_t i = 0; i < length; i++) {
          to[i * stride] = value;
        }
      }
    });
  });
}

// Floating to whole truncates; NaN is 0 and what does not fit is the nearest that does.
template <class To, class From>
VOLUTE_INLINE To converted(From x) {
  if constexpr (std::numeric_limits<To>::is_integer && !std::numeric_limits<From>::is_integer) {
    return x >= From(2147483648.0) ? std::numeric_limits<To>::max()
           : x > From(-2147483649.0) ? static_cast<To>(x)
           : x == x                  ? std::numeric_limits<To>::min()
                                     : To{0};
  } else {
    return static_cast<To>(x);
  }
}

template <class To, class From>
void convert(Pool& pool, const volute_strided& c, const int64_t* shape) {
  To* const out = static_cast<To*>(c.data[0]);
  const From* const in = static_cast<const From*>(c.data[1]);
  const int64_t rank = c.rank;
  const Axes<2> axes{rank, shape, {shape + rank, shape + 2 * rank}};
  const int64_t so = axes.strides[0][rank - 1];
  const int64_t si = axes.strides[1][rank - 1];
  const int64_t elements = product_of(rank, shape);
  each_range(pool, c.split, shape[c.split], elements, static_cast<double>(elements) * 0.5, [&](const Range& range) {
    each_line<2>(axes, range, 0, {0, 0}, [&](int64_t length, const int64_t(&at)[2]) {
      for (int64_t i = 0; i < length; i++) {
        out[at[0] + i * so] = converted<To>(in[at[1] + i * si]);
      }
    });
  });
}

template <class T, class C>
void select(Pool& pool, const volute_strided& c, const int64_t* shape) {
  T* const out = static_cast<T*>(c.data[0]);
  const C* const condition = static_cast<const C*>(c.data[1]);
  const T* const yes = static_cast<const T*>(c.data[2]);
  const T* const no = static_cast<const T*>(c.data[3]);
  const int64_t r = c.rank;
  const Axes<4> axes{r, shape, {shape + r, shape + 2 * r, shape + 3 * r, shape + 4 * r}};
  const int64_t so = axes.strides[0][r - 1];
  const int64_t sc = axes.strides[1][r - 1];
  const int64_t sy = axes.strides[2][r - 1];
  const int64_t sn = axes.strides[3][r - 1];
  const int64_t elements = product_of(r, shape);
  each_range(pool, c.split, shape[c.split], elements, static_cast<double>(elements) * 0.5, [&](const Range& range) {
    each_line<4>(axes, range, 0, {0, 0, 0, 0}, [&](int64_t length, const int64_t(&at)[4]) {
      for (int64_t i = 0; i < length; i++) {
        const T y = yes[at[2] + i * sy];
        const T n = no[at[3] + i * sn];
        out[at[0] + i * so] = condition[at[1] + i * sc] != C{0} ? y : n;
      }
    });
  });
}

template <class T>
void accumulate(const volute_strided& c, const int64_t* shape) {
  T* const out = static_cast<T*>(c.data[0]);
  const T* const in = static_cast<const T*>(c.data[1]);
  const int64_t rank = c.rank;
  const Axes<2> axes{rank, shape, {shape + rank, shape + 2 * rank}};
  const int64_t so = axes.strides[0][rank - 1];
  const int64_t si = axes.strides[1][rank - 1];
  const Range all{0, 0, shape[0]};
  each_line<2>(axes, all, 0, {0, 0}, [&](int64_t length, const int64_t(&at)[2]) {
    T* to = out + at[0];
    const T* from = in + at[1];
    if (so == 1 && si == 1) {
      block_function<T>(VOLUTE_ADD)(length, to, to, from);
      return;
    }
    for (int64_t i = 0; i < length; i++) {
      to[i * so] += from[i * si];
    }
  });
}

// Calls f with a value of the type that the code names.
template <class F>
int with_type(int64_t dtype, F f) {
  switch (dtype) {
    case VOLUTE_F32:
      f(float{});
      return VOLUTE_OK;
    case VOLUTE_F64:
      f(double{});
      return VOLUTE_OK;
    case VOLUTE_I32:
      f(int32_t{});
      return VOLUTE_OK;
    default:
      return VOLUTE_UNKNOWN_CALL;
  }
}

}  // namespace

template <class T>
Block<T> block_function(int64_t function) {
  switch (function) {
    case VOLUTE_COPY:
      return copy_block<T>;
    case VOLUTE_NEGATE:
      return negate_block<T>;
    case VOLUTE_ABS:
      return absolute_block<T>;
    case VOLUTE_SIGN:
      return sign_block<T>;
    case VOLUTE_RELU:
      return rectify_block<T>;
    case VOLUTE_ADD:
      return add_block<T>;
    case VOLUTE_SUBTRACT:
      return subtract_block<T>;
    case VOLUTE_MULTIPLY:
      return multiply_block<T>;
    case VOLUTE_MAXIMUM:
      return larger_block<T>;
    case VOLUTE_MINIMUM:
      return smaller_block<T>;
    case VOLUTE_EQUAL:
      return equal_block<T>;
    case VOLUTE_LESS:
      return less_block<T>;
    case VOLUTE_LESS_EQUAL:
      return less_equal_block<T>;
    case VOLUTE_RELU_GRADIENT:
      return relu_gradient_block<T>;
    case VOLUTE_TANH_GRADIENT:
      return tanh_gradient_block<T>;
    case VOLUTE_SIGMOID_GRADIENT:
      return sigmoid_gradient_block<T>;
    default:
      break;
  }
  if constexpr (std::numeric_limits<T>::is_integer) {
    return function == VOLUTE_DIVIDE ? divide_whole_block : function == VOLUTE_POWER ? power_whole_block : nullptr;
  } else {
    switch (function) {
      case VOLUTE_SQRT:
        return root_block<T>;
      case VOLUTE_EXP:
        return exponential_block<T>;
      case VOLUTE_LOG:
        return logarithm_block<T>;
      case VOLUTE_TANH:
        return hyperbolic_block<T>;
      case VOLUTE_SIGMOID:
        return logistic_block<T>;
      case VOLUTE_DIVIDE:
        return divide_block<T>;
      case VOLUTE_POWER:
        return power_block<T>;
      default:
        return nullptr;
    }
  }
}

template Block<float> block_function<float>(int64_t);
template Block<double> block_function<double>(int64_t);
template Block<int32_t> block_function<int32_t>(int64_t);

int run_elementwise(Pool& pool, volute_strided& c) {
  const int64_t* shape = behind(c);
  if (product_of(c.rank, shape) == 0) {
    return VOLUTE_OK;
  }
  int inner = VOLUTE_OK;
  const int outer = with_type(c.dtype, [&](auto to) {
    using T = decltype(to);
    if (c.function == VOLUTE_FILL) {
      fill<T>(pool, c, shape);
    } else if (c.function == VOLUTE_SELECT) {
      inner = with_type(c.in_dtype, [&](auto from) { select<T, decltype(from)>(pool, c, shape); });
    } else if (c.function == VOLUTE_COPY && c.dtype != c.in_dtype) {
      inner = with_type(c.in_dtype, [&](auto from) { convert<T, decltype(from)>(pool, c, shape); });
    } else if (const Block<T> block = block_function<T>(c.function)) {
      run_ranges<T>(pool, c, shape, block);
    } else {
      inner = VOLUTE_UNKNOWN_CALL;
    }
  });
  return outer == VOLUTE_OK ? inner : outer;
}

int run_accumulate(Pool&, volute_strided& c) {
  const int64_t* shape = behind(c);
  if (product_of(c.rank, shape) == 0) {
    return VOLUTE_OK;
  }
  return with_type(c.dtype, [&](auto type) { accumulate<decltype(type)>(c, shape); });
}

}  // namespace volute::VOLUTE_LEVEL
