// Back-propagation through time. Step by step, from the last, the gradients to the pre-activations, which are kept in
// panels; then products over all steps for the weights, and for the inputs with what the steps multiplied.
#include "step_panels.h"

namespace volute::VOLUTE_LEVEL {
namespace {

// Rows that each panel of the inputs' weight is multiplied with at a time.
constexpr int64_t chunk_rows = 128;

// Gradients to the pre-activations, one slot a gate. Inside the reset the gradient to the product with the hidden state
// differs from that to the new state: it has a slot of its own before the gates.
int64_t slots_before(int64_t cell) { return cell == VOLUTE_CELL_GRU_RESET_AFTER ? 1 : 0; }

struct Backward {
  Pool& pool;
  const volute_recurrent& c;
  const int64_t H;
  const int64_t width;
  const int64_t steps;
  const int64_t ahead;  // slots before the gates
  const int64_t slots;
  const int64_t depth;    // slots * units
  float* const hidden;    // [batch, units]: gradient to the hidden state
  float* const state;     // [batch, units]: gradient to the cell state
  float* const resetted;  // [batch, units]: gradient to r * h
  float* const inner;     // [time, batch, units]: r * h
  float* const left;      // [time, batch, slots * units]: what steps multiply, see left_of
  const StepRows inputs;  // [inputs, time, batch]: transposed, for the weights' gradients
  const StepRows states;  // [units, time, batch]: hidden states before each step
  const StepRows reset_states;   // [units, time, batch]: r * h
  const StepPanels gradients;    // [time, batch, slots * units]: to the pre-activations
  const StepPanels weight;       // [slots * units, units]: wh transposed
  const StepPanels input_weight;  // [slots * units, inputs]: wx transposed

  Backward(Pool& p, const volute_recurrent& call)
      : pool(p),
        c(call),
        H(c.units),
        width(gates_of(c.cell) * H),
        steps(c.batch * c.time),
        ahead(slots_before(c.cell)),
        slots(ahead + gates_of(c.cell)),
        depth(slots * H),
        hidden(c.scratch),
        state(hidden + c.batch * H),
        resetted(state + c.batch * H),
        inner(resetted + c.batch * H),
        left(inner + steps * H),
        inputs{steps, left + steps * (depth + step_slack)},
        states{steps, inputs.data + c.inputs * (steps + step_slack)},
        reset_states{steps, states.data + H * (steps + step_slack)},
        gradients(tile_rows, H, slots, steps, reset_states.data + H * (steps + step_slack)),
        weight(c.batch, H, 1, depth, gradients.data + panel_elements(H, slots, steps)),
        input_weight(c.batch, c.inputs, 1, depth, weight.data + panel_elements(H, 1, depth)) {}

  int64_t at(int64_t b, int64_t t) const { return b * c.time + t; }

  StepRows left_of(int64_t t) const { return {depth, left + t * c.batch * (depth + step_slack)}; }

  // Where the gradients of batch entry b of step t begin for a gate, as if the panel began with the first unit.
  float* gradient_at(int64_t gate, int64_t p, int64_t b, int64_t t) const {
    return gradients.panel(ahead + gate, p) + (t * c.batch + b) * gradients.width(p) - gradients.columns.start(p);
  }

  void begin() const {
    if (ahead > 0) {
      weight.fill(pool, c.wh + 2 * H, 0, H, 1, 0, width);
    }
    weight.fill(pool, c.wh, ahead * H, depth - 2 * ahead * H, 1, 0, width);
    input_weight.fill(pool, c.wx, ahead * H, width, 1, 0, width);
    const size_t row = static_cast<size_t>(H) * sizeof(float);
    std::memcpy(hidden, c.gh, row * static_cast<size_t>(c.batch));
    if (c.cell == VOLUTE_CELL_LSTM) {
      std::memcpy(state, c.gc, row * static_cast<size_t>(c.batch));
    }
  }

  // From one gate to the next in a panel of gradients.
  int64_t gate_stride(int64_t p) const { return gradients.panel(1, p) - gradients.panel(0, p); }

  void simple(int64_t t, const Area& area, int64_t p) const {
    for (int64_t b = area.row; b < area.row + area.rows; b++) {
      const float* y = c.y + at(b, t) * H;
      const float* g = c.gy + at(b, t) * H;
      float* to = gradient_at(0, p, b, t);
      each_units(area, [&](const Units& u) {
        const f32v dh = u.get(g) + u.get(hidden + b * H);
        const f32v v = u.get(y);
        u.set(to, c.cell == VOLUTE_CELL_RELU ? (v > f32v{} ? dh : f32v{}) : dh * (1.0f - v * v));
      });
    }
  }

  void lstm(int64_t t, const Area& area, int64_t p) const {
    const int64_t gate = gate_stride(p);
    for (int64_t b = area.row; b < area.row + area.rows; b++) {
      const float* kept = c.reserve + at(b, t) * 5 * H;
      const float* cell_before = t == 0 ? c.c0 + b * H : c.reserve + at(b, t - 1) * 5 * H + 4 * H;
      const float* gy = c.gy + at(b, t) * H;
      float* to = gradient_at(0, p, b, t);
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
        u.set(to + gate, dc * u.get(cell_before) * f * (1.0f - f));
        u.set(to + 2 * gate, dc * i * (1.0f - g * g));
        u.set(to + 3 * gate, dh * squashed * o * (1.0f - o));
        u.set(dc_row, dc * f);
      });
    }
  }

  void gru(int64_t t, const Area& area, int64_t p) const {
    const int64_t gate = gate_stride(p);
    const Rows before = hidden_before(c, t);
    for (int64_t b = area.row; b < area.row + area.rows; b++) {
      const float* kept = c.reserve + at(b, t) * 3 * H;
      const float* h = before.row(b);
      const float* gy = c.gy + at(b, t) * H;
      float* to = gradient_at(0, p, b, t);
      float* dh_row = hidden + b * H;
      each_units(area, [&](const Units& u) {
        const f32v r = u.get(kept);
        const f32v z = u.get(kept + H);
        const f32v n = u.get(kept + 2 * H);
        const f32v dh = u.get(gy) + u.get(dh_row);
        u.set(to + gate, dh * (u.get(h) - n) * z * (1.0f - z));
        u.set(to + 2 * gate, dh * (1.0f - z) * (1.0f - n * n));
        u.set(dh_row, dh * z);
        u.set(inner + (t * c.batch + b) * H, r * u.get(h));
      });
    }
  }

  void gru_reset(int64_t t, const Area& area, int64_t p) const {
    const Rows before = hidden_before(c, t);
    for (int64_t b = area.row; b < area.row + area.rows; b++) {
      const float* kept = c.reserve + at(b, t) * 3 * H;
      const float* h = before.row(b);
      float* to = gradient_at(0, p, b, t);
      float* dh_row = hidden + b * H;
      each_units(area, [&](const Units& u) {
        const f32v r = u.get(kept);
        const f32v d = u.get(resetted + b * H);
        u.set(to, d * u.get(h) * r * (1.0f - r));
        u.set(dh_row, u.get(dh_row) + d * r);
      });
    }
  }

  void gru_reset_after(int64_t t, const Area& area, int64_t p) const {
    const int64_t gate = gate_stride(p);
    const Rows before = hidden_before(c, t);
    for (int64_t b = area.row; b < area.row + area.rows; b++) {
      const float* kept = c.reserve + at(b, t) * 4 * H;
      const float* h = before.row(b);
      const float* gy = c.gy + at(b, t) * H;
      float* to = gradient_at(0, p, b, t);
      float* dh_row = hidden + b * H;
      each_units(area, [&](const Units& u) {
        const f32v r = u.get(kept);
        const f32v z = u.get(kept + H);
        const f32v n = u.get(kept + 2 * H);
        const f32v dh = u.get(gy) + u.get(dh_row);
        const f32v dn = dh * (1.0f - z) * (1.0f - n * n);
        u.set(to, dn * u.get(kept + 3 * H) * r * (1.0f - r));
        u.set(to + gate, dh * (u.get(h) - n) * z * (1.0f - z));
        u.set(to + 2 * gate, dn);
        u.set(to - gate, dn * r);
        u.set(dh_row, dh * z);
      });
    }
  }

  // Calls work(part, panel) for the parts of an area that lie in one panel of gradients each.
  template <class Work>
  void each_panel(const Area& area, const Work& work) const {
    const int64_t end = area.unit + area.units;
    for (int64_t p = 0; p < gradients.count(); p++) {
      const int64_t from = maximum(area.unit, gradients.columns.start(p));
      const int64_t to = minimum(end, gradients.columns.start(p + 1));
      if (from < to) {
        work(Area{area.row, area.rows, from, to - from}, p);
      }
    }
  }

  // Gradients to the pre-activations of step t, from those to its hidden state.
  void cell(int64_t t, const Area& area) const {
    each_panel(area, [&](const Area& part, int64_t p) {
      switch (c.cell) {
        case VOLUTE_CELL_LSTM:
          return lstm(t, part, p);
        case VOLUTE_CELL_GRU:
          return gru(t, part, p);
        case VOLUTE_CELL_GRU_RESET_AFTER:
          return gru_reset_after(t, part, p);
        default:
          return simple(t, part, p);
      }
    });
  }

  bool resets(int64_t phase) const { return c.cell == VOLUTE_CELL_GRU && phase == 0; }

  // In ascending order: each panel may be written a little beyond its end.
  void prepare(int64_t t, int64_t phase, const Area& area) const {
    for (int64_t slot = resets(phase) ? 2 : 0; slot < slots; slot++) {
      for (int64_t p = 0; p < gradients.count(); p++) {
        const int64_t stride = gradients.width(p);
        left_of(t).fill(area, {gradients.panel(slot, p) + t * c.batch * stride, stride}, gradients.columns.size(p),
                        slot * H + gradients.columns.start(p));
      }
    }
  }

  // From the pre-activations of step t to the hidden state before it, and on to the pre-activations of that step.
  void step(int64_t t, int64_t phase, const Area& area, int64_t p) const {
    if (resets(phase)) {
      step_product(left_of(t), weight, area, 0, p, 2 * H, H, resetted, H, false);
      return each_panel(area, [&](const Area& part, int64_t panel) { gru_reset(t, part, panel); });
    }
    const bool gru = c.cell == VOLUTE_CELL_GRU;
    step_product(left_of(t), weight, area, 0, p, 0, gru ? 2 * H : width, hidden, H, gru || ahead > 0);
    if (t > 0) {
      cell(t - 1, area);
    }
  }

  // to[columns, steps] = the rows of all steps, transposed.
  template <class RowsOf>
  void transpose(const StepRows& to, int64_t columns, const RowsOf& rows_of) const {
    const Partition cut(columns, tile_rows, 1);
    pool.run(c.time, static_cast<double>(steps * columns) * 0.1, [&](int64_t t) {
      const Rows rows = rows_of(t);
      for (int64_t i = 0; i < cut.panels; i++) {
        const int64_t height = cut.size(i);
        pack(c.batch, height, height, rows.data + cut.start(i), rows.stride, int64_t{1},
             to.tile(cut.start(i)) + t * c.batch * height, 1.0f);
      }
    });
  }

  // to[units of a panel] = sums over all steps.
  void column_sums(int64_t slot, int64_t p, float* to) const {
    constexpr int64_t piece = 64;
    const int64_t stride = gradients.width(p);
    for (int64_t j = 0; j < gradients.columns.size(p); j += lanes<float>) {
      const float* from = gradients.panel(slot, p) + j;
      f32v total{};
      for (int64_t s = 0; s < steps; s += piece) {
        f32v sum{};
        for (int64_t i = s; i < minimum(steps, s + piece); i++) {
          sum += load(from + i * stride);
        }
        total += sum;
      }
      store_part(to + gradients.columns.start(p) + j, total, gradients.columns.size(p) - j);
    }
  }

  // to[rows, units of a panel] = a @ gradients, over all steps.
  void weight_gradient(const StepRows& a, int64_t rows, int64_t slot, int64_t p, float* to) const {
    for (int64_t from = 0; from == 0 || from < steps; from += block_k) {
      step_product(a, gradients, {0, rows, 0, 0}, slot, p, from, minimum(block_k, steps - from), to, width, from > 0);
    }
  }

  void finish_weights() const {
    transpose(inputs, c.inputs, [&](int64_t t) { return Rows{c.x + t * c.inputs, c.time * c.inputs}; });
    transpose(states, H, [&](int64_t t) { return hidden_before(c, t); });
    if (c.cell == VOLUTE_CELL_GRU) {
      transpose(reset_states, H, [&](int64_t t) { return Rows{inner + t * c.batch * H, H}; });
    }
    const double flops = 2.0 * static_cast<double>(steps) * static_cast<double>(c.inputs + H) * static_cast<double>(width);
    const int64_t panels = gradients.count();
    pool.run(slots * panels, flops / 200, [&](int64_t part) {
      const int64_t slot = part / panels;
      const int64_t p = part % panels;
      const int64_t gate = slot - ahead;
      if (gate < 0) {
        weight_gradient(states, H, slot, p, c.dwh + 2 * H);
        return column_sums(slot, p, c.dbh);
      }
      weight_gradient(inputs, c.inputs, slot, p, c.dwx + gate * H);
      column_sums(slot, p, c.db + gate * H);
      if (ahead == 0 || gate < 2) {
        weight_gradient(c.cell == VOLUTE_CELL_GRU && gate == 2 ? reset_states : states, H, slot, p, c.dwh + gate * H);
      }
    });
  }

  void input_gradient() const {
    const int64_t chunk = ceil_div(chunk_rows, maximum(c.batch, int64_t{1}));
    const double flops = 2.0 * static_cast<double>(steps) * static_cast<double>(c.inputs) * static_cast<double>(width);
    const int64_t groups = row_groups(pool, weight, c.batch);  // the rows are in tiles of these
    pool.run(ceil_div(c.time, chunk), flops / 200, [&](int64_t part) {
      for (int64_t p = 0; p < input_weight.count(); p++) {
        for (int64_t t = part * chunk; t < minimum(c.time, (part + 1) * chunk); t++) {
          for (int64_t group = 0; group < groups; group++) {
            step_product(left_of(t), input_weight, group_rows(c.batch, group, groups, H), 0, p, ahead * H, width,
                         c.dx + t * c.inputs, c.time * c.inputs, false);
          }
        }
      }
    });
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
    input_gradient();
  }
};

}  // namespace

int run_recurrent_gradient(Pool& pool, volute_recurrent& c) {
  Backward(pool, c).run();
  return VOLUTE_OK;
}

}  // namespace volute::VOLUTE_LEVEL
