// Back-propagation through time. Step by step, from the last, the gradients to the pre-activations; then one product
// each for the inputs, the input weight and the recurrent weight of all steps.
#include "step_panels.h"

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
  float* const hidden;    // [batch, units]: gradient to the hidden state
  float* const state;     // [batch, units]: gradient to the cell state
  float* const resetted;  // [batch, units]: gradient to r * h
  const StepRows left;    // [batch, gates * units]: what a step multiplies
  const StepPanels weight;  // [gates * units, units]: wh transposed

  Backward(Pool& p, const volute_recurrent& call)
      : pool(p),
        c(call),
        H(c.units),
        width(gates_of(c.cell) * H),
        steps(c.batch * c.time),
        sums(c.scratch),
        before(sums + steps * width),
        inner(before + steps * H),
        hidden(inner + steps * H),
        state(hidden + c.batch * H),
        resetted(state + c.batch * H),
        left{width, resetted + c.batch * H},
        weight(c.batch, H, 1, width, left.data + c.batch * (width + step_slack)) {}

  int64_t at(int64_t b, int64_t t) const { return b * c.time + t; }

  void begin() const {
    weight.fill(pool, c.wh, 0, width, 1, 0, width);
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

  void simple(int64_t t, const Area& area) const {
    for (int64_t b = area.row; b < area.row + area.rows; b++) {
      const float* y = c.y + at(b, t) * H;
      const float* g = c.gy + at(b, t) * H;
      float* to = sums + at(b, t) * width;
      each_units(area, [&](const Units& u) {
        const f32v dh = u.get(g) + u.get(hidden + b * H);
        const f32v v = u.get(y);
        u.set(to, c.cell == VOLUTE_CELL_RELU ? (v > f32v{} ? dh : f32v{}) : dh * (1.0f - v * v));
      });
    }
  }

  void lstm(int64_t t, const Area& area) const {
    for (int64_t b = area.row; b < area.row + area.rows; b++) {
      const float* kept = c.reserve + at(b, t) * 5 * H;
      const float* cell_before = t == 0 ? c.c0 + b * H : c.reserve + at(b, t - 1) * 5 * H + 4 * H;
      const float* gy = c.gy + at(b, t) * H;
      float* to = sums + at(b, t) * width;
      float* dc_row = state + b * H;
      each_units(area, [&](const Units& u) {
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
    }
  }

  void gru(int64_t t, const Area& area) const {
    for (int64_t b = area.row; b < area.row + area.rows; b++) {
      const float* kept = c.reserve + at(b, t) * 3 * H;
      const float* h = before + at(b, t) * H;
      const float* gy = c.gy + at(b, t) * H;
      float* to = sums + at(b, t) * width;
      float* dh_row = hidden + b * H;
      each_units(area, [&](const Units& u) {
        const f32v r = u.get(kept);
        const f32v z = u.get(kept + H);
        const f32v n = u.get(kept + 2 * H);
        const f32v dh = u.get(gy) + u.get(dh_row);
        u.set(to + H, dh * (u.get(h) - n) * z * (1.0f - z));
        u.set(to + 2 * H, dh * (1.0f - z) * (1.0f - n * n));
        u.set(dh_row, dh * z);
        u.set(inner + at(b, t) * H, r * u.get(h));
      });
    }
  }

  void gru_reset(int64_t t, const Area& area) const {
    for (int64_t b = area.row; b < area.row + area.rows; b++) {
      const float* kept = c.reserve + at(b, t) * 3 * H;
      const float* h = before + at(b, t) * H;
      float* to = sums + at(b, t) * width;
      float* dh_row = hidden + b * H;
      each_units(area, [&](const Units& u) {
        const f32v r = u.get(kept);
        const f32v d = u.get(resetted + b * H);
        u.set(to, d * u.get(h) * r * (1.0f - r));
        u.set(dh_row, u.get(dh_row) + d * r);
      });
    }
  }

  void gru_reset_after(int64_t t, const Area& area) const {
    for (int64_t b = area.row; b < area.row + area.rows; b++) {
      const float* kept = c.reserve + at(b, t) * 4 * H;
      const float* h = before + at(b, t) * H;
      const float* gy = c.gy + at(b, t) * H;
      float* to = sums + at(b, t) * width;
      float* dh_row = hidden + b * H;
      each_units(area, [&](const Units& u) {
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
    }
  }

  // Gradients to the pre-activations of step t, from those to its hidden state.
  void cell(int64_t t, const Area& area) const {
    switch (c.cell) {
      case VOLUTE_CELL_LSTM:
        return lstm(t, area);
      case VOLUTE_CELL_GRU:
        return gru(t, area);
      case VOLUTE_CELL_GRU_RESET_AFTER:
        return gru_reset_after(t, area);
      default:
        return simple(t, area);
    }
  }

  bool resets(int64_t phase) const { return c.cell == VOLUTE_CELL_GRU && phase == 0; }

  void prepare(int64_t t, int64_t phase, const Area& area) const {
    const Rows gradients{sums + t * width, c.time * width};
    switch (c.cell) {
      case VOLUTE_CELL_GRU:
        return resets(phase) ? left.fill(area, {gradients.data + 2 * H, gradients.stride}, H, 2 * H)
                             : left.fill(area, gradients, 2 * H, 0);
      case VOLUTE_CELL_GRU_RESET_AFTER:
        left.fill(area, gradients, 2 * H, 0);
        return left.fill(area, {inner + t * H, c.time * H}, H, 2 * H);
      default:
        return left.fill(area, gradients, width, 0);
    }
  }

  // From the pre-activations of step t to the hidden state before it, and on to the pre-activations of that step.
  void step(int64_t t, int64_t phase, const Area& area, int64_t p) const {
    if (resets(phase)) {
      step_product(left, weight, area, 0, p, 2 * H, H, resetted, H, false);
      return gru_reset(t, area);
    }
    const bool gru = c.cell == VOLUTE_CELL_GRU;
    step_product(left, weight, area, 0, p, 0, gru ? 2 * H : width, hidden, H, gru || c.cell == VOLUTE_CELL_GRU_RESET_AFTER);
    if (t > 0) {
      cell(t - 1, area);
    }
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
    begin();
    if (c.time > 0) {
      cell(c.time - 1, {0, c.batch, 0, H});
    }
    run_steps(
        pool, weight, c.batch, c.time, c.cell == VOLUTE_CELL_GRU ? 2 : 1,
        [&](int64_t i, int64_t phase, const Area& area) { prepare(c.time - 1 - i, phase, area); },
        [&](int64_t i, int64_t phase, const Area& area, int64_t p) { step(c.time - 1 - i, phase, area, p); });
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
