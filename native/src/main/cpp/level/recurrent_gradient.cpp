// Back-propagation through time. Step by step, from the last, the gradients to the pre-activations; then one product
// each for the inputs, the input weight and the recurrent weight of all steps.
#include "recurrent.h"

namespace volute::VOLUTE_LEVEL {
namespace {

struct Backward {
  Pool& pool;
  const volute_recurrent& c;
  const int64_t H;
  const int64_t width;
  const int64_t steps;
  float* const sums;      // [batch, time, gates * units]: gradients to the pre-activations
  float* const before;    // [batch, time, units]: hidden state before each step
  float* const inner;     // [batch, time, units]: r * h, or the gradient to the product inside the reset
  float* const weight;    // [gates * units, units]: wh transposed
  float* const hidden;    // [batch, units]: gradient to the hidden state
  float* const state;     // [batch, units]: gradient to the cell state
  float* const resetted;  // [batch, units]: gradient to r * h

  Backward(Pool& p, const volute_recurrent& call)
      : pool(p),
        c(call),
        H(c.units),
        width(gates_of(c.cell) * H),
        steps(c.batch * c.time),
        sums(c.scratch),
        before(sums + steps * width),
        inner(before + steps * H),
        weight(inner + steps * H),
        hidden(weight + width * H),
        state(hidden + c.batch * H),
        resetted(state + c.batch * H) {}

  int64_t at(int64_t b, int64_t t) const { return b * c.time + t; }

  // to (+)= gradients of step t [batch, columns] @ rows [from, from + columns) of the transposed weight.
  void back(const float* gradients, int64_t stride, int64_t from, int64_t columns, float* to, bool accumulate) const {
    product<float>(pool, {c.batch, H, columns, {gradients, stride, 1}, {weight + from * H, H, 1}, to, H, 1, accumulate, {}});
  }

  void prepare() const {
    constexpr int64_t square = 32;
    for (int64_t i = 0; i < H; i += square) {
      for (int64_t j = 0; j < width; j += square) {
        for (int64_t y = i; y < minimum(H, i + square); y++) {
          for (int64_t x = j; x < minimum(width, j + square); x++) {
            weight[x * H + y] = c.wh[y * width + x];
          }
        }
      }
    }
    const size_t row = static_cast<size_t>(H) * sizeof(float);
    for (int64_t b = 0; b < c.batch; b++) {
      for (int64_t t = 0; t < c.time; t++) {
        std::memcpy(before + at(b, t) * H, hidden_before(c, t).row(b), row);
      }
    }
    std::memcpy(hidden, c.gh, row * static_cast<size_t>(c.batch));
    if (c.cell == VOLUTE_CELL_LSTM) {
      std::memcpy(state, c.gc, row * static_cast<size_t>(c.batch));
    }
  }

  void simple(int64_t t) const {
    each_row(pool, c, [&](int64_t b) {
      const float* y = c.y + at(b, t) * H;
      const float* g = c.gy + at(b, t) * H;
      float* to = sums + at(b, t) * width;
      each_units(H, [&](const Units& u) {
        const f32v dh = u.get(g) + u.get(hidden + b * H);
        const f32v v = u.get(y);
        u.set(to, c.cell == VOLUTE_CELL_RELU ? (v > f32v{} ? dh : f32v{}) : dh * (1.0f - v * v));
      });
    });
    back(sums + t * width, c.time * width, 0, H, hidden, false);
  }

  void lstm(int64_t t) const {
    each_row(pool, c, [&](int64_t b) {
      const float* kept = c.reserve + at(b, t) * 5 * H;
      const float* cell_before = t == 0 ? c.c0 + b * H : c.reserve + at(b, t - 1) * 5 * H + 4 * H;
      const float* gy = c.gy + at(b, t) * H;
      float* to = sums + at(b, t) * width;
      float* dc_row = state + b * H;
      each_units(H, [&](const Units& u) {
        const f32v i = u.get(kept);
        const f32v f = u.get(kept + H);
        const f32v g = u.get(kept + 2 * H);
        const f32v o = u.get(kept + 3 * H);
        const f32v squashed = tanh(u.get(kept + 4 * H));
        const f32v dh = u.get(gy) + u.get(hidden + b * H);
        const f32v dc = u.get(dc_row) + dh * o * (1.0f - squashed * squashed);
        u.set(to, dc * g * i * (1.0f - i));
        u.set(to + H, dc * u.get(cell_before) * f * (1.0f - f));
        u.set(to + 2 * H, dc * i * (1.0f - g * g));
        u.set(to + 3 * H, dh * squashed * o * (1.0f - o));
        u.set(dc_row, dc * f);
      });
    });
    back(sums + t * width, c.time * width, 0, width, hidden, false);
  }

  void gru(int64_t t) const {
    each_row(pool, c, [&](int64_t b) {
      const float* kept = c.reserve + at(b, t) * 3 * H;
      const float* h = before + at(b, t) * H;
      const float* gy = c.gy + at(b, t) * H;
      float* to = sums + at(b, t) * width;
      float* dh_row = hidden + b * H;
      each_units(H, [&](const Units& u) {
        const f32v r = u.get(kept);
        const f32v z = u.get(kept + H);
        const f32v n = u.get(kept + 2 * H);
        const f32v dh = u.get(gy) + u.get(dh_row);
        u.set(to + H, dh * (u.get(h) - n) * z * (1.0f - z));
        u.set(to + 2 * H, dh * (1.0f - z) * (1.0f - n * n));
        u.set(dh_row, dh * z);
        u.set(inner + at(b, t) * H, r * u.get(h));
      });
    });
    back(sums + t * width + 2 * H, c.time * width, 2 * H, H, resetted, false);
    each_row(pool, c, [&](int64_t b) {
      const float* kept = c.reserve + at(b, t) * 3 * H;
      const float* h = before + at(b, t) * H;
      float* to = sums + at(b, t) * width;
      float* dh_row = hidden + b * H;
      each_units(H, [&](const Units& u) {
        const f32v r = u.get(kept);
        const f32v d = u.get(resetted + b * H);
        u.set(to, d * u.get(h) * r * (1.0f - r));
        u.set(dh_row, u.get(dh_row) + d * r);
      });
    });
    back(sums + t * width, c.time * width, 0, 2 * H, hidden, true);
  }

  void gru_reset_after(int64_t t) const {
    each_row(pool, c, [&](int64_t b) {
      const float* kept = c.reserve + at(b, t) * 4 * H;
      const float* h = before + at(b, t) * H;
      const float* gy = c.gy + at(b, t) * H;
      float* to = sums + at(b, t) * width;
      float* dh_row = hidden + b * H;
      each_units(H, [&](const Units& u) {
        const f32v r = u.get(kept);
        const f32v z = u.get(kept + H);
        const f32v n = u.get(kept + 2 * H);
        const f32v dh = u.get(gy) + u.get(dh_row);
        const f32v dn = dh * (1.0f - z) * (1.0f - n * n);
        u.set(to, dn * u.get(kept + 3 * H) * r * (1.0f - r));
        u.set(to + H, dh * (u.get(h) - n) * z * (1.0f - z));
        u.set(to + 2 * H, dn);
        u.set(inner + at(b, t) * H, dn * r);
        u.set(dh_row, dh * z);
      });
    });
    back(sums + t * width, c.time * width, 0, 2 * H, hidden, true);
    back(inner + t * H, c.time * H, 2 * H, H, hidden, true);
  }

  // to[columns] = sums over all steps of from[steps, stride].
  void column_sums(const float* from, int64_t columns, float* to) const {
    constexpr int64_t block = 128;
    constexpr int64_t piece = 64;
    pool.run(ceil_div(columns, block), static_cast<double>(steps * columns) * 0.15, [&](int64_t part) {
      const int64_t first = part * block;
      const int64_t n = minimum(block, columns - first);
      float total[block] = {};
      for (int64_t s = 0; s < steps; s += piece) {
        float sum[block] = {};
        for (int64_t i = s; i < minimum(steps, s + piece); i++) {
          const float* row = from + i * columns + first;
          for (int64_t j = 0; j < n; j++) {
            sum[j] += row[j];
          }
        }
        for (int64_t j = 0; j < n; j++) {
          total[j] += sum[j];
        }
      }
      std::memcpy(to + first, total, static_cast<size_t>(n) * sizeof(float));
    });
  }

  // dwh[:, from .. from + columns) = states^T @ gradients, over all steps.
  void weight_gradient(const float* states, const float* gradients, int64_t stride, int64_t from, int64_t columns) const {
    product<float>(pool, {H, columns, steps, {states, 1, H}, {gradients, stride, 1}, c.dwh + from, width, 1, false, {}});
  }

  void finish_weights() const {
    product<float>(pool, {steps, c.inputs, width, {sums, width, 1}, {c.wx, 1, width}, c.dx, c.inputs, 1, false, {}});
    product<float>(pool, {c.inputs, width, steps, {c.x, 1, c.inputs}, {sums, width, 1}, c.dwx, width, 1, false, {}});
    switch (c.cell) {
      case VOLUTE_CELL_GRU:
        weight_gradient(before, sums, width, 0, 2 * H);
        weight_gradient(inner, sums + 2 * H, width, 2 * H, H);
        break;
      case VOLUTE_CELL_GRU_RESET_AFTER:
        weight_gradient(before, sums, width, 0, 2 * H);
        weight_gradient(before, inner, H, 2 * H, H);
        column_sums(inner, H, c.dbh);
        break;
      default:
        weight_gradient(before, sums, width, 0, width);
    }
    column_sums(sums, width, c.db);
  }

  void run() const {
    prepare();
    for (int64_t t = c.time - 1; t >= 0; t--) {
      switch (c.cell) {
        case VOLUTE_CELL_LSTM:
          lstm(t);
          break;
        case VOLUTE_CELL_GRU:
          gru(t);
          break;
        case VOLUTE_CELL_GRU_RESET_AFTER:
          gru_reset_after(t);
          break;
        default:
          simple(t);
      }
    }
    const size_t bytes = static_cast<size_t>(c.batch * H) * sizeof(float);
    std::memcpy(c.dh0, hidden, bytes);
    if (c.cell == VOLUTE_CELL_LSTM) {
      std::memcpy(c.dc0, state, bytes);
    }
    finish_weights();
  }
};

}  // namespace

int run_recurrent_gradient(Pool& pool, volute_recurrent& c) {
  Backward(pool, c).run();
  return VOLUTE_OK;
}

}  // namespace volute::VOLUTE_LEVEL
