// Recurrences over whole sequences, step by step: one or two products with the inputs and the hidden state and, while
// the sums are near, the cell's function. Few rows with a large weight multiply the inputs of all steps at once instead.
#include "step_panels.h"

namespace volute::VOLUTE_LEVEL {
namespace {

constexpr float one = 1;

// What memory that a single step keeps holds: nothing that this call can use; the state behind the step; also half of the
// sums' terms of that state.
enum Kept : int64_t { nothing = 0, state_behind = 1, state_terms = 2 };

// The weights of a step in panels at `data`: the inputs', the bias and the recurrent one, or the recurrent one alone.
StepPanels panels_of(const volute_recurrent& c, float* data) {
  return StepPanels(c.batch, c.units, gates_of(c.cell), step_depth(c), data);
}

// The inputs of all steps with their weight, whose packed form stands behind the panels.
volute_linear inputs_of_all_steps(const volute_recurrent& c) {
  const int64_t gates = gates_of(c.cell);
  volute_linear l{};
  l.rows = input_rows(c), l.inputs = c.inputs, l.outputs = gates * c.units;
  l.x = c.x, l.w = c.wx, l.bias = c.b;
  l.packed = c.packed ? c.packed + panel_elements(c.units, gates, step_depth(c)) : nullptr;
  return l;
}

void fill(Pool& pool, const volute_recurrent& c, const StepPanels& weights) {
  const int64_t width = weights.gates * c.units;
  if (!inputs_ahead(c)) {
    weights.fill(pool, c.wx, input_row(c), c.inputs, width, c.units, 1);
    weights.fill(pool, c.b, input_row(c) + c.inputs, 1, width, c.units, 1);
  }
  weights.fill(pool, c.wh, state_row(c), c.units, width, c.units, 1);
}

// Whether the reserve is so large that caches will not hold it until the gradient reads it, and begins all rows where
// vectors may lie.
bool writes_past(const volute_recurrent& c) {
  constexpr int64_t cached = int64_t{1} << 21;  // elements
  return c.batch * c.time * reserve_of(c.cell) * c.units > cached && c.units % lanes<float> == 0 &&
         reinterpret_cast<uintptr_t>(c.reserve) % VOLUTE_VECTOR_BYTES == 0;
}

struct Forward {
  Pool& pool;
  const volute_recurrent& c;
  const int64_t H;
  const int64_t width;
  const int64_t above;   // rows of the weight beside the hidden state's: the inputs' and the bias, or none
  const bool ahead;      // the inputs of all steps are multiplied before the first step
  const bool spread;     // and their products lie step by step; otherwise they are those of a table's rows
  const bool past;       // the reserve is written past the caches
  float* const sums;     // [batch, gates * units] of a step, or [batch, time, gates * units]
  float* const table;    // [rows, gates * units]: the products of a table's rows
  float* const state;    // [batch, units]: the LSTM's cell
  float* const inner;    // [batch, units]: r * h, or the product inside the reset
  const StepRows left;   // [batch, above + units]: what a step multiplies
  const StepPanels weights;
  const int64_t gates;   // that multiply the hidden state itself
  const bool alone;      // a single step: the hidden state's terms come first, else last
  float* const kept_sums;  // [batch, gates * units], behind the state [batch, units] that they are for

  Forward(Pool& p, const volute_recurrent& call)
      : pool(p),
        c(call),
        H(c.units),
        width(gates_of(c.cell) * H),
        above(step_depth(c) - H),
        ahead(inputs_ahead(c)),
        spread(ahead && c.rows == 0),
        past(writes_past(c)),
        sums(c.scratch),
        table(sums + c.batch * (spread ? c.time : 1) * width),
        state(table + c.rows * width),
        inner(state + c.batch * H),
        left{above + H, inner + c.batch * H},
        weights(panels_of(c, c.packed ? c.packed : left.data + c.batch * (above + H + step_slack))),
        gates(c.cell == VOLUTE_CELL_GRU ? 2 : gates_of(c.cell)),
        alone(single_step(c)),
        kept_sums(c.kept ? c.kept + c.batch * H : nullptr) {}

  int64_t sums_stride() const { return (spread ? c.time : 1) * width; }
  float* sums_of(int64_t t) const { return sums + (spread ? t : 0) * width; }
  float* sums_at(int64_t b, int64_t t) const { return sums_of(t) + b * sums_stride(); }
  float* y_at(int64_t b, int64_t t) const { return c.y + (b * c.time + t) * H; }
  float* reserve_at(int64_t b, int64_t t) const {
    return c.reserve ? c.reserve + (b * c.time + t) * reserve_of(c.cell) * H : nullptr;
  }

  // Of single steps with kept memory, whether the state's terms of a gate are readied in this call for the next one, or are
  // found there: half of them each.
  bool readies(int64_t p, int64_t gate) const { return gate < gates && (p * gates + gate + c.steps) % 2 != 0; }
  bool finds(int64_t p, int64_t gate) const {
    return c.kept_state == Kept::state_terms && gate < gates && !readies(p, gate);
  }

  // to = the state's terms of a gate, which are found.
  void take_kept(const Area& area, int64_t gate, float* to, int64_t stride) const {
    for (int64_t b = area.row; b < area.row + area.rows; b++) {
      const float* const from = kept_sums + b * width + gate * H;
      each_units(area, [&](const auto& u) VOLUTE_INLINE_LAMBDA { u.set(to + b * stride, u.get(from)); });
    }
  }

  // The sums of gates [first, end); `next` is what is multiplied afterwards.
  void multiply(int64_t t, const Area& area, const StepTurn& turn, int64_t first, int64_t end, const float* next) const {
    const int64_t way = turn.back ? -1 : 1;
    for (int64_t i = 0; i < end - first; i++) {
      const int64_t gate = turn.back ? end - 1 - i : first + i;
      const bool found = finds(turn.panel, gate);
      if (found) {
        take_kept(area, gate, sums + gate * H, width);
      }
      const int64_t from = found ? H : 0;
      step_product(left, weights, area, gate, turn.panel, from, above + H - from, sums_of(t) + gate * H, sums_stride(),
                   ahead || found, i + 1 < end - first ? weights.panel(gate + way, turn.panel) : next);
    }
  }

  // The same, followed by those gates of the next panel.
  void multiply(int64_t t, const Area& area, const StepTurn& turn, int64_t first, int64_t end) const {
    multiply(t, area, turn, first, end, weights.panel(turn.back ? end - 1 : first, turn.next));
  }

  template <class Units>
  VOLUTE_INLINE void keep(const Units& u, float* p, f32v v) const {
    if (past) {
      u.set_past(p, v);
    } else {
      u.set(p, v);
    }
  }

  // The sums of gates [first, end) begin with the products of the rows that stand at step t.
  void take_rows(int64_t t, const Area& area, int64_t first, int64_t end) const {
    for (int64_t b = area.row; b < area.row + area.rows; b++) {
      const float* const from = table + c.ids[b * c.time + t] * width;
      float* const to = sums_at(b, t);
      for (int64_t gate = first; gate < end; gate++) {
        each_units(area, [&](const auto& u) VOLUTE_INLINE_LAMBDA { u.set(to + gate * H, u.get(from + gate * H)); });
      }
    }
  }

  void simple(int64_t t, const Area& area) const {
    for (int64_t b = area.row; b < area.row + area.rows; b++) {
      const float* s = sums_at(b, t);
      float* y = y_at(b, t);
      if (c.cell == VOLUTE_CELL_RELU) {
        each_units(area, [&](const auto& u) VOLUTE_INLINE_LAMBDA { u.set(y, relu(u.get(s))); });
      } else {
        each_units(area, [&](const auto& u) VOLUTE_INLINE_LAMBDA { u.set(y, tanh(u.get(s))); });
      }
    }
  }

  void lstm(int64_t t, const Area& area) const {
    for (int64_t b = area.row; b < area.row + area.rows; b++) {
      const float* s = sums_at(b, t);
      float* kept = reserve_at(b, t);
      float* cell = state + b * H;
      float* y = y_at(b, t);
      each_units(area, [&](const auto& u) VOLUTE_INLINE_LAMBDA {
        const f32v i = sigmoid(u.get(s));
        const f32v f = sigmoid(u.get(s + H));
        const f32v g = tanh(u.get(s + 2 * H));
        const f32v o = sigmoid(u.get(s + 3 * H));
        const f32v next = f * u.get(cell) + i * g;
        u.set(cell, next);
        u.set(y, o * tanh(next));
        if (kept) {
          keep(u, kept, i);
          keep(u, kept + H, f);
          keep(u, kept + 2 * H, g);
          keep(u, kept + 3 * H, o);
          keep(u, kept + 4 * H, next);
        }
      });
    }
  }

  void gru_reset(int64_t t, const Area& area) const {
    const Rows before = hidden_before(c, t);
    for (int64_t b = area.row; b < area.row + area.rows; b++) {
      float* s = sums_at(b, t);
      const float* h = before.row(b);
      each_units(area, [&](const auto& u) VOLUTE_INLINE_LAMBDA {
        const f32v r = sigmoid(u.get(s));
        u.set(s, r);
        u.set(inner + b * H, r * u.get(h));
      });
    }
  }

  void gru(int64_t t, const Area& area) const {
    const Rows before = hidden_before(c, t);
    for (int64_t b = area.row; b < area.row + area.rows; b++) {
      const float* s = sums_at(b, t);
      float* kept = reserve_at(b, t);
      const float* h = before.row(b);
      float* y = y_at(b, t);
      each_units(area, [&](const auto& u) VOLUTE_INLINE_LAMBDA {
        const f32v z = sigmoid(u.get(s + H));
        const f32v n = tanh(u.get(s + 2 * H));
        u.set(y, z * u.get(h) + (1.0f - z) * n);
        if (kept) {
          keep(u, kept, u.get(s));
          keep(u, kept + H, z);
          keep(u, kept + 2 * H, n);
        }
      });
    }
  }

  void gru_reset_after(int64_t t, const Area& area) const {
    const Rows before = hidden_before(c, t);
    for (int64_t b = area.row; b < area.row + area.rows; b++) {
      const float* s = sums_at(b, t);
      float* kept = reserve_at(b, t);
      const float* h = before.row(b);
      const float* product_inside = inner + b * H;
      float* y = y_at(b, t);
      each_units(area, [&](const auto& u) VOLUTE_INLINE_LAMBDA {
        const f32v r = sigmoid(u.get(s));
        const f32v z = sigmoid(u.get(s + H));
        const f32v q = u.get(product_inside) + u.get(c.bh);
        const f32v n = tanh(u.get(s + 2 * H) + r * q);
        u.set(y, z * u.get(h) + (1.0f - z) * n);
        if (kept) {
          keep(u, kept, r);
          keep(u, kept + H, z);
          keep(u, kept + 2 * H, n);
          keep(u, kept + 3 * H, q);
        }
      });
    }
  }

  void prepare(int64_t t, int64_t phase, const Area& area) const {
    // In ascending order: what follows may be written over.
    const Rows states = phase == 0 ? hidden_before(c, t) : Rows{inner, H};
    if (alone) {
      left.fill(area, states, H, 0);
    }
    if (!ahead && (phase == 0 || alone)) {
      left.fill(area, {c.x + t * c.inputs, c.time * c.inputs}, c.inputs, input_row(c));
      left.fill(area, {&one, 0}, 1, input_row(c) + c.inputs);
    }
    if (!alone) {
      left.fill(area, states, H, above);
    }
  }

  void step(int64_t t, int64_t phase, const Area& area, const StepTurn& turn) const {
    if (c.rows > 0) {
      const bool resets = c.cell == VOLUTE_CELL_GRU;
      take_rows(t, area, resets && phase == 1 ? 2 : 0, resets && phase == 0 ? 2 : gates_of(c.cell));
    }
    switch (c.cell) {
      case VOLUTE_CELL_LSTM:
        multiply(t, area, turn, 0, 4);
        return lstm(t, area);
      case VOLUTE_CELL_GRU:
        if (phase == 0) {
          multiply(t, area, turn, 0, 2);
          return gru_reset(t, area);
        }
        multiply(t, area, turn, 2, 3);
        return gru(t, area);
      case VOLUTE_CELL_GRU_RESET_AFTER: {
        const float* const inside = weights.panel(2, turn.panel);
        const int64_t at = state_row(c);
        multiply(t, area, turn, 0, 2, inside);
        if (!ahead) {
          step_product(left, weights, area, 2, turn.panel, input_row(c), above, sums + 2 * H, width, false,
                       inside + at * weights.width(turn.panel));
        }
        if (finds(turn.panel, 2)) {
          take_kept(area, 2, inner, H);
        } else {
          step_product(left, weights, area, 2, turn.panel, at, H, inner, H, false, weights.panel(0, turn.next));
        }
        return gru_reset_after(t, area);
      }
      default:
        multiply(t, area, turn, 0, 1);
        return simple(t, area);
    }
  }

  void run() const {
    const size_t row = static_cast<size_t>(H) * sizeof(float);
    if (c.cell == VOLUTE_CELL_LSTM) {
      std::memcpy(state, c.c0, row * static_cast<size_t>(c.batch));
    }
    if (ahead) {
      volute_linear inputs = inputs_of_all_steps(c);
      inputs.out = spread ? sums : table;
      run_linear(pool, Blas{}, inputs);
    }
    if (!c.packed) {
      fill(pool, c, weights);
    }
    run_steps(
        pool, weights, c.batch, c.steps, c.time, c.cell == VOLUTE_CELL_GRU ? 2 : 1,
        [&](int64_t t, int64_t phase, const Area& area) { prepare(t, phase, area); },
        [&](int64_t t, int64_t phase, const Area& area, const StepTurn& turn) { step(t, phase, area, turn); });
    const Rows last = hidden_before(c, c.time);
    for (int64_t b = 0; b < c.batch; b++) {
      std::memcpy(c.h_last + b * H, last.row(b), row);
    }
    if (c.cell == VOLUTE_CELL_LSTM) {
      std::memcpy(c.c_last, state, row * static_cast<size_t>(c.batch));
    }
  }

  // Threads that hold their shares of the weight gain nothing, and must be called together once more.
  bool pays_to_ready() const {
    return pool.threads() == 1 || weight_bytes(weights) > step_cache_bytes * static_cast<double>(pool.threads());
  }

  // The state's terms of the step behind a single one.
  void ready_next() const {
    run_steps(
        pool, weights, c.batch, c.steps + 1, 1, 1,
        [&](int64_t, int64_t, const Area& area) { left.fill(area, {c.h_last, H}, H, 0); },
        [&](int64_t, int64_t, const Area& area, const StepTurn& turn) {
          for (int64_t gate = 0; gate < gates; gate++) {
            if (readies(turn.panel, gate)) {
              step_product(left, weights, area, gate, turn.panel, 0, H, kept_sums + gate * H, width, false, nullptr);
            }
          }
        });
  }
};

}  // namespace

int run_recurrent(Pool& pool, volute_recurrent& c) {
  if (const int bad = check_ids(c)) {
    return bad;
  }
  if (c.batch * c.units > 0) {
    const size_t state = static_cast<size_t>(c.batch * c.units) * sizeof(float);
    const bool keeps = c.kept && c.packed && single_step(c);
    const bool goes_on = keeps && c.kept_state != Kept::nothing && std::memcmp(c.kept, c.h0, state) == 0;
    c.kept_state = goes_on ? c.kept_state : Kept::nothing;
    const Forward forward(pool, c);
    forward.run();
    const bool readies = goes_on && forward.pays_to_ready();
    if (readies) {
      forward.ready_next();
    }
    if (keeps) {
      std::memcpy(c.kept, c.h_last, state);
      c.kept_state = readies ? Kept::state_terms : Kept::state_behind;
    }
    c.steps += c.time;
  }
  return VOLUTE_OK;
}

int run_pack_recurrent(Pool& pool, volute_recurrent& c) {
  fill(pool, c, panels_of(c, c.packed));
  if (inputs_ahead(c)) {
    volute_linear inputs = inputs_of_all_steps(c);
    run_pack_linear(pool, inputs);
  }
  return VOLUTE_OK;
}

}  // namespace volute::VOLUTE_LEVEL
