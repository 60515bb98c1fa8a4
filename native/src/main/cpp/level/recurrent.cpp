// Recurrences over whole sequences: one product for the inputs of all steps, then step by step one or two products
// with the hidden state and the cell's function.
#include "recurrent.h"

namespace volute::VOLUTE_LEVEL {
namespace {

struct Forward {
  Pool& pool;
  const volute_recurrent& c;
  const int64_t H;
  const int64_t width;
  float* const sums;   // [batch, time, gates * units]
  float* const state;  // [batch, units]: the LSTM's cell
  float* const inner;  // [batch, units]: r * h, or the product inside the reset

  Forward(Pool& p, const volute_recurrent& call)
      : pool(p),
        c(call),
        H(c.units),
        width(gates_of(c.cell) * H),
        sums(c.scratch),
        state(sums + c.batch * c.time * width),
        inner(state + c.batch * H) {}

  float* sums_at(int64_t b, int64_t t) const { return sums + (b * c.time + t) * width; }
  float* y_at(int64_t b, int64_t t) const { return c.y + (b * c.time + t) * H; }
  float* reserve_at(int64_t b, int64_t t) const {
    return c.reserve ? c.reserve + (b * c.time + t) * reserve_of(c.cell) * H : nullptr;
  }

  // Adds rows @ wh[:, from .. from + columns) to the sums of step t.
  void add_product(const Rows& rows, int64_t t, int64_t from, int64_t columns) const {
    product<float>(pool, {c.batch, columns, H, {rows.data, rows.stride, 1}, {c.wh + from, width, 1},
                          sums + t * width + from, c.time * width, 1, true, {}});
  }

  void inputs() const {
    Product<float> p{c.batch * c.time, width, c.inputs, {c.x, c.inputs, 1}, {c.wx, width, 1}, sums, width, 1, false, {}};
    p.epilogue.column_bias = c.b;
    product(pool, p);
  }

  void simple(int64_t t) const {
    add_product(hidden_before(c, t), t, 0, H);
    each_row(pool, c, [&](int64_t b) {
      const float* s = sums_at(b, t);
      float* y = y_at(b, t);
      if (c.cell == VOLUTE_CELL_RELU) {
        each_units(H, [&](const Units& u) { u.set(y, relu(u.get(s))); });
      } else {
        each_units(H, [&](const Units& u) { u.set(y, tanh(u.get(s))); });
      }
    });
  }

  void lstm(int64_t t) const {
    add_product(hidden_before(c, t), t, 0, width);
    each_row(pool, c, [&](int64_t b) {
      const float* s = sums_at(b, t);
      float* kept = reserve_at(b, t);
      float* cell = state + b * H;
      float* y = y_at(b, t);
      each_units(H, [&](const Units& u) {
        const f32v i = sigmoid(u.get(s));
        const f32v f = sigmoid(u.get(s + H));
        const f32v g = tanh(u.get(s + 2 * H));
        const f32v o = sigmoid(u.get(s + 3 * H));
        const f32v next = f * u.get(cell) + i * g;
        u.set(cell, next);
        u.set(y, o * tanh(next));
        if (kept) {
          u.set(kept, i);
          u.set(kept + H, f);
          u.set(kept + 2 * H, g);
          u.set(kept + 3 * H, o);
          u.set(kept + 4 * H, next);
        }
      });
    });
  }

  void gru(int64_t t) const {
    const Rows before = hidden_before(c, t);
    add_product(before, t, 0, 2 * H);
    each_row(pool, c, [&](int64_t b) {
      float* s = sums_at(b, t);
      const float* h = before.row(b);
      each_units(H, [&](const Units& u) {
        const f32v r = sigmoid(u.get(s));
        u.set(s, r);
        u.set(inner + b * H, r * u.get(h));
      });
    });
    add_product({inner, H}, t, 2 * H, H);
    each_row(pool, c, [&](int64_t b) {
      const float* s = sums_at(b, t);
      float* kept = reserve_at(b, t);
      const float* h = before.row(b);
      float* y = y_at(b, t);
      each_units(H, [&](const Units& u) {
        const f32v z = sigmoid(u.get(s + H));
        const f32v n = tanh(u.get(s + 2 * H));
        u.set(y, z * u.get(h) + (1.0f - z) * n);
        if (kept) {
          u.set(kept, u.get(s));
          u.set(kept + H, z);
          u.set(kept + 2 * H, n);
        }
      });
    });
  }

  void gru_reset_after(int64_t t) const {
    const Rows before = hidden_before(c, t);
    add_product(before, t, 0, 2 * H);
    Product<float> p{c.batch, H, H, {before.data, before.stride, 1}, {c.wh + 2 * H, width, 1}, inner, H, 1, false, {}};
    p.epilogue.column_bias = c.bh;
    product(pool, p);
    each_row(pool, c, [&](int64_t b) {
      const float* s = sums_at(b, t);
      float* kept = reserve_at(b, t);
      const float* h = before.row(b);
      const float* product_inside = inner + b * H;
      float* y = y_at(b, t);
      each_units(H, [&](const Units& u) {
        const f32v r = sigmoid(u.get(s));
        const f32v z = sigmoid(u.get(s + H));
        const f32v q = u.get(product_inside);
        const f32v n = tanh(u.get(s + 2 * H) + r * q);
        u.set(y, z * u.get(h) + (1.0f - z) * n);
        if (kept) {
          u.set(kept, r);
          u.set(kept + H, z);
          u.set(kept + 2 * H, n);
          u.set(kept + 3 * H, q);
        }
      });
    });
  }

  void run() const {
    const size_t row = static_cast<size_t>(H) * sizeof(float);
    if (c.cell == VOLUTE_CELL_LSTM) {
      std::memcpy(state, c.c0, row * static_cast<size_t>(c.batch));
    }
    inputs();
    for (int64_t t = 0; t < c.time; t++) {
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
    const Rows last = hidden_before(c, c.time);
    for (int64_t b = 0; b < c.batch; b++) {
      std::memcpy(c.h_last + b * H, last.row(b), row);
    }
    if (c.cell == VOLUTE_CELL_LSTM) {
      std::memcpy(c.c_last, state, row * static_cast<size_t>(c.batch));
    }
  }
};

}  // namespace

int run_recurrent(Pool& pool, volute_recurrent& c) {
  if (c.batch * c.units > 0) {
    Forward(pool, c).run();
  }
  return VOLUTE_OK;
}

}  // namespace volute::VOLUTE_LEVEL
