// Back-propagation through time. Step by step, from the last, the gradients to the pre-activations, which are kept in
// panels for a chunk of the steps: after each, products over its steps for the weights, and for the inputs with what the
// steps multiplied, while all that is near. Where inputs are rows of a table, gradients are summed by row instead, and
// these products have as many terms and rows as the table has.
#include "row_sums.h"

namespace volute::VOLUTE_LEVEL {
namespace {

// Rows that each panel of the inputs' weight is multiplied with at a time.
constexpr int64_t panel_rows = 128;

// Gradients to the pre-activations, one slot a gate. Inside the reset the gradient to the product with the hidden state
// differs from that to the new state: it has a slot of its own before the gates.
int64_t slots_before(int64_t cell) { return cell == VOLUTE_CELL_GRU_RESET_AFTER ? 1 : 0; }

struct Backward {
  Pool& pool;
  const volute_recurrent& c;
  const int64_t H;
  const int64_t width;
  const int64_t chunk;  // steps whose gradients are kept at a time
  const int64_t kept_rows;
  const int64_t ahead;  // slots before the gates
  const int64_t slots;
  const int64_t depth;    // slots * units
  float* const hidden;    // [batch, units]: gradient to the hidden state
  float* const state;     // [batch, units]: gradient to the cell state
  float* const resetted;  // [batch, units]: gradient to r * h
  float* const inner;     // [chunk, batch, units]: r * h
  float* const left;      // [chunk, batch, slots * units]: what steps multiply, see left_of
  const bool of_table;    // inputs are rows of a table
  const StepRows inputs;  // [inputs, chunk, batch]: transposed, for the weights' gradients
  const StepRows states;  // [units, chunk, batch]: hidden states before each step
  const StepRows reset_states;   // [units, chunk, batch]: r * h
  const StepPanels gradients;    // [chunk, batch, slots * units]: to the pre-activations
  const StepPanels weight;       // [slots * units, units]: wh transposed
  const StepPanels input_weight;  // [slots * units, inputs]: wx transposed
  const RowSums by_row;

  Backward(Pool& p, const volute_recurrent& call)
      : pool(p),
        c(call),
        H(c.units),
        width(gates_of(c.cell) * H),
        chunk(gradient_chunk(c)),
        kept_rows(c.batch * chunk),
        ahead(slots_before(c.cell)),
        slots(ahead + gates_of(c.cell)),
        depth(slots * H),
        hidden(c.scratch),
        state(hidden + c.batch * H),
        resetted(state + c.batch * H),
        inner(resetted + c.batch * H),
        left(inner + kept_rows * H),
        of_table(c.rows > 0),
        inputs{kept_rows, left + kept_rows * (depth + step_slack)},
        states{kept_rows, inputs.data + (of_table ? 0 : c.inputs * (kept_rows + step_slack))},
        reset_states{kept_rows, states.data + H * (kept_rows + step_slack)},
        gradients(tile_rows, H, slots, kept_rows, reset_states.data + H * (kept_rows + step_slack)),
        weight(c.batch, H, 1, depth, gradients.data + panel_elements(H, slots, kept_rows)),
        input_weight(of_table ? c.rows : c.batch, c.inputs, 1, depth, weight.data + panel_elements(H, 1, depth)),
        by_row(c, slots, input_weight.data + panel_elements(c.inputs, 1, depth)) {}

  int64_t at(int64_t b, int64_t t) const { return b * c.time + t; }

  // Which of the rows that are kept are those of step t.
  int64_t row_of(int64_t t) const { return t % chunk * c.batch; }

  StepRows left_of(int64_t t) const { return {depth, left + row_of(t) * (depth + step_slack)}; }

  // Where the gradients of batch entry b of step t begin for a gate, as if the panel began with the first unit.
  float* gradient_at(int64_t gate, int64_t p, int64_t b, int64_t t) const {
    return gradients.panel(ahead + gate, p) + (row_of(t) + b) * gradients.width(p) - gradients.columns.start(p);
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
    if (of_table) {
      by_row.begin();
    }
  }

  // From one gate to the next in a panel of gradients.
  int64_t gate_stride(int64_t p) const { return gradients.panel(1, p) - gradients.panel(0, p); }

  void simple(int64_t t, const Area& area, int64_t p) const {
    for (int64_t b = area.row; b < area.row + area.rows; b++) {
      const float* y = c.y + at(b, t) * H;
      const float* g = c.gy + at(b, t) * H;
      float* to = gradient_at(0, p, b, t);
      each_units(area, [&](const auto& u) VOLUTE_INLINE_LAMBDA {
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
      each_units(area, [&](const auto& u) VOLUTE_INLINE_LAMBDA {
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
      each_units(area, [&](const auto& u) VOLUTE_INLINE_LAMBDA {
        const f32v r = u.get(kept);
        const f32v z = u.get(kept + H);
        const f32v n = u.get(kept + 2 * H);
        const f32v dh = u.get(gy) + u.get(dh_row);
        u.set(to + gate, dh * (u.get(h) - n) * z * (1.0f - z));
        u.set(to + 2 * gate, dh * (1.0f - z) * (1.0f - n * n));
        u.set(dh_row, dh * z);
        u.set(inner + (row_of(t) + b) * H, r * u.get(h));
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
      each_units(area, [&](const auto& u) VOLUTE_INLINE_LAMBDA {
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
      each_units(area, [&](const auto& u) VOLUTE_INLINE_LAMBDA {
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
        left_of(t).fill(area, {gradients.panel(slot, p) + row_of(t) * stride, stride}, gradients.columns.size(p),
                        slot * H + gradients.columns.start(p));
      }
    }
  }

  // From the pre-activations of step t to the hidden state before it, and on to the pre-activations of that step if it is
  // of the same chunk.
  void step(int64_t t, int64_t phase, const Area& area, int64_t p, int64_t next) const {
    const float* const begin = weight.panel(0, next);
    if (resets(phase)) {
      step_product(left_of(t), weight, area, 0, p, 2 * H, H, resetted, H, false, begin + 2 * H * weight.width(next));
      return each_panel(area, [&](const Area& part, int64_t panel) { gru_reset(t, part, panel); });
    }
    const bool gru = c.cell == VOLUTE_CELL_GRU;
    step_product(left_of(t), weight, area, 0, p, 0, gru ? 2 * H : width, hidden, H, gru || ahead > 0, begin);
    if (t % chunk > 0) {
      cell(t - 1, area);
    }
  }

  // Steps [first, end).
  struct Steps {
    int64_t first, end;
    int64_t count() const { return end - first; }
  };

  // to[columns, rows of the steps] = those rows, transposed.
  template <class RowsOf>
  void transpose(const Steps& steps, const StepRows& to, int64_t columns, const RowsOf& rows_of) const {
    const Partition cut(columns, tile_rows, 1);
    pool.run(steps.count(), static_cast<double>(steps.count() * c.batch * columns) * 0.1, [&](int64_t i) {
      const int64_t t = steps.first + i;
      const Rows rows = rows_of(t);
      for (int64_t p = 0; p < cut.panels; p++) {
        const int64_t height = cut.size(p);
        pack(c.batch, height, height, rows.data + cut.start(p), rows.stride, int64_t{1},
             to.tile(cut.start(p)) + row_of(t) * height, 1.0f);
      }
    });
  }

  // to[columns, units of a panel] (+)= a @ gradients, over some rows.
  void weight_gradient(const StepRows& a, int64_t columns, int64_t rows, int64_t slot, int64_t p, float* to,
                       bool accumulate) const {
    step_product(a, gradients, {0, columns, 0, 0}, slot, p, 0, rows, to, width, accumulate, nullptr);
  }

  void weight_gradients(const Steps& steps, bool accumulate) const {
    if (!of_table) {
      transpose(steps, inputs, c.inputs, [&](int64_t t) { return Rows{c.x + t * c.inputs, c.time * c.inputs}; });
    }
    transpose(steps, states, H, [&](int64_t t) { return hidden_before(c, t); });
    if (c.cell == VOLUTE_CELL_GRU) {
      transpose(steps, reset_states, H, [&](int64_t t) { return Rows{inner + row_of(t) * H, H}; });
    }
    const int64_t rows = steps.count() * c.batch;
    const int64_t panels = gradients.count();
    pool.run(slots * panels, static_cast<double>(rows * (c.inputs + H) * width) / 100, [&](int64_t part) {
      const int64_t slot = part / panels;
      const int64_t p = part % panels;
      const int64_t gate = slot - ahead;
      if (gate < 0) {
        weight_gradient(states, H, rows, slot, p, c.dwh + 2 * H, accumulate);
        return column_sums(gradients, rows, slot, p, c.dbh, accumulate);
      }
      if (of_table) {
        by_row.add(steps.first, steps.end, slot, p, gradients.panel(slot, p));
      } else {
        weight_gradient(inputs, c.inputs, rows, slot, p, c.dwx + gate * H, accumulate);
        column_sums(gradients, rows, slot, p, c.db + gate * H, accumulate);
      }
      if (ahead == 0 || gate < 2) {
        const bool reset = c.cell == VOLUTE_CELL_GRU && gate == 2;
        weight_gradient(reset ? reset_states : states, H, rows, slot, p, c.dwh + gate * H, accumulate);
      }
    });
  }

  // Rows of a panel at a time with some steps, in parts whose number many threads can share.
  void input_gradients(const Steps& steps) const {
    constexpr int64_t shares = 4;
    const int64_t together = maximum(int64_t{1}, panel_rows / maximum(c.batch, int64_t{1}));
    const int64_t parts = minimum(steps.count(), ceil_div(ceil_div(steps.count(), together), shares) * shares);
    const int64_t groups = row_groups(pool, weight, c.batch);  // the rows are in tiles of these
    const StepPieces pieces(width);
    const int64_t panels = input_weight.count();
    const double products = static_cast<double>(steps.count() * c.batch * c.inputs * width);
    pool.run(parts, products / 100, [&](int64_t part) {
      const int64_t first = steps.first + steps.count() * part / parts;
      const int64_t end = steps.first + steps.count() * (part + 1) / parts;
      for (int64_t piece = 0; piece < pieces.count; piece++) {
        const int64_t from = ahead * H + pieces.start(piece);
        for (int64_t p = 0; p < panels; p++) {
          const int64_t next = minimum(p + 1, panels - 1);
          const float* const behind = input_weight.panel(0, next) + from * input_weight.width(next);
          for (int64_t t = first; t < end; t++) {
            for (int64_t group = 0; group < groups; group++) {
              step_product(left_of(t), input_weight, group_rows(c.batch, group, groups, H), 0, p, from,
                           pieces.size(piece), c.dx + t * c.inputs, c.time * c.inputs, piece > 0,
                           t == first ? behind : nullptr);
            }
          }
        }
      }
    });
  }

  void run_chunk(const Steps& steps, bool accumulate) const {
    const int64_t last = steps.end - 1;
    if (steps.count() > 0) {
      pool.run(c.batch, static_cast<double>(c.batch * depth), [&](int64_t b) { cell(last, {b, 1, 0, H}); });
    }
    run_steps(
        pool, weight, c.batch, 0, steps.count(), c.cell == VOLUTE_CELL_GRU ? 2 : 1,
        [&](int64_t i, int64_t phase, const Area& area) { prepare(last - i, phase, area); },
        [&](int64_t i, int64_t phase, const Area& area, const StepTurn& turn) {
          step(last - i, phase, area, turn.panel, turn.next);
        });
    weight_gradients(steps, accumulate);
    if (!of_table) {
      input_gradients(steps);
    }
  }

  void run() const {
    begin();
    const int64_t chunks = maximum(int64_t{1}, ceil_div(c.time, chunk));
    for (int64_t i = chunks - 1; i >= 0; i--) {
      run_chunk({i * chunk, minimum(c.time, (i + 1) * chunk)}, i < chunks - 1);
    }
    if (of_table) {
      by_row.gradients(pool, input_weight, ahead);
    }
    const size_t bytes = static_cast<size_t>(c.batch * H) * sizeof(float);
    std::memcpy(c.dh0, hidden, bytes);
    if (c.cell == VOLUTE_CELL_LSTM) {
      std::memcpy(c.dc0, state, bytes);
    }
  }
};

}  // namespace

int run_recurrent_gradient(Pool& pool, volute_recurrent& c) {
  if (const int bad = check_ids(c)) {
    return bad;
  }
  Backward(pool, c).run();
  return VOLUTE_OK;
}

}  // namespace volute::VOLUTE_LEVEL
