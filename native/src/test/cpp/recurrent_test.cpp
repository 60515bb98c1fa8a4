// Recurrences and their gradients, on one thread and on several.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "testing.h"

namespace {

// Every cell on awkward sizes: for the sanitizers, and that threads change nothing.
// Few rows, one step, and rows enough for threads to share them.
void test_recurrent_sizes(Context& one, Context& many) {
  struct Size {
    int64_t batch, time, inputs, units;
  };
  for (int64_t at = 0; at < 25; at++) {
    const int64_t cell = at % 5;
    const Size size = std::vector<Size>{{5, 4, 7, 19}, {2, 3, 5, 130}, {1, 1, 6, 33}, {37, 2, 3, 17}, {1, 1, 70, 260}}[at / 5];
    const int64_t batch = size.batch, time = size.time, inputs = size.inputs, units = size.units;
    const int64_t gates = cell == VOLUTE_CELL_LSTM ? 4 : cell >= VOLUTE_CELL_GRU ? 3 : 1;
    const int64_t sequence = batch * time * units, state = batch * units, width = gates * units;
    const Floats x(batch * time * inputs, 1), h0(state, 2), c0(state, 3), wx(inputs * width, 4), wh(units * width, 5);
    const Floats b(width, 6), bh(units, 7), gy(sequence, 8), gh(state, 9), gc(state, 10);
    std::vector<Floats> results;
    for (Context* context : {&one, &many}) {
      Floats y(sequence), last(state), c_last(state), reserve(5 * sequence), dx(x.size()), dh0(state), dc0(state);
      Floats dwx(wx.size()), dwh(wh.size()), db(width), dbh(units), y_packed(sequence);
      volute_recurrent c{};
      c.cell = cell;
      c.batch = batch, c.time = time, c.inputs = inputs, c.units = units;
      c.x = x.get(), c.h0 = h0.get(), c.c0 = c0.get(), c.wx = wx.get(), c.wh = wh.get(), c.b = b.get(), c.bh = bh.get();
      c.y = y.get(), c.h_last = last.get(), c.c_last = c_last.get(), c.reserve = reserve.get();
      c.gy = gy.get(), c.gh = gh.get(), c.gc = gc.get();
      c.dx = dx.get(), c.dh0 = dh0.get(), c.dc0 = dc0.get(), c.dwx = dwx.get(), c.dwh = dwh.get();
      c.db = db.get(), c.dbh = dbh.get();
      for (int64_t kind : {VOLUTE_RECURRENT, VOLUTE_RECURRENT_GRADIENT}) {
        c.call.kind = kind;
        const Floats scratch(volute_scratch(&c.call));
        c.scratch = scratch.get();
        expect(context->run(c) == VOLUTE_OK, "recurrent");
      }
      c.call.kind = VOLUTE_PACK_RECURRENT;
      const Floats packed(volute_scratch(&c.call));
      c.packed = packed.get();
      expect(context->run(c) == VOLUTE_OK, "packed recurrent weights");
      c.call.kind = VOLUTE_RECURRENT;
      c.wx = c.wh = nullptr;
      c.y = y_packed.get();
      const Floats scratch(volute_scratch(&c.call));
      c.scratch = scratch.get();
      expect(context->run(c) == VOLUTE_OK, "recurrent with packed weights");
      expect(y.same(y_packed), "packed weights do not change a bit of a recurrence");
      for (int64_t before : {1, 2}) {
        const Floats y_again(sequence);
        c.y = y_again.get();
        c.steps = before;
        expect(context->run(c) == VOLUTE_OK && c.steps == before + time, "a recurrence counts its steps");
        expect(y.same(y_again), "the order of panels does not change a bit of a recurrence");
      }
      results.push_back(std::move(y));
      results.push_back(std::move(dwh));
      results.push_back(std::move(dx));
    }
    for (size_t i = 0; i < 3; i++) {
      expect(results[i].same(results[i + 3]), "threads do not change a bit of a recurrence");
    }
  }
}

// Inputs that are rows of a table, some of them repeated and one, not a number, never there: as if they were gathered.
void test_table_recurrent(Context& one, Context& many) {
  for (int64_t at = 0; at < 15; at++) {
    const int64_t cell = at % 5;
    const std::array<int64_t, 5> size = std::array<std::array<int64_t, 5>, 3>{{{5, 4, 9, 7, 19}, {2, 70, 3, 130, 33}, {37, 40, 50, 20, 17}}}[at / 5];
    const int64_t batch = size[0], time = size[1], rows = size[2], inputs = size[3], units = size[4];
    const int64_t gates = cell == VOLUTE_CELL_LSTM ? 4 : cell >= VOLUTE_CELL_GRU ? 3 : 1;
    const int64_t sequence = batch * time * units, state = batch * units, width = gates * units;
    const Floats table(rows * inputs, 1), h0(state, 2), c0(state, 3), wx(inputs * width, 4), wh(units * width, 5);
    const Floats b(width, 6), bh(units, 7), gy(sequence, 8), gh(state, 9), gc(state, 10), x(batch * time * inputs);
    std::vector<int32_t> ids(static_cast<size_t>(batch * time));
    for (int64_t i = 0; i < batch * time; i++) {
      const int64_t row = i * i % (rows - 1);
      ids[static_cast<size_t>(i)] = static_cast<int32_t>(row);
      std::copy_n(table.get() + row * inputs, inputs, x.get() + i * inputs);
    }
    std::fill_n(table.get() + (rows - 1) * inputs, inputs, std::nanf(""));
    struct Results {
      Floats y, dwx, dwh, db, dx;
    };
    const auto run = [&](Context& context, bool of_table) {
      Results r{Floats(sequence), Floats(wx.size()), Floats(wh.size()), Floats(width),
                Floats((of_table ? rows : batch * time) * inputs)};
      const Floats last(state), c_last(state), reserve(5 * sequence), dh0(state), dc0(state), dbh(units);
      volute_recurrent c{};
      c.cell = cell;
      c.batch = batch, c.time = time, c.inputs = inputs, c.units = units;
      c.x = of_table ? table.get() : x.get(), c.rows = of_table ? rows : 0, c.ids = ids.data();
      c.h0 = h0.get(), c.c0 = c0.get(), c.wx = wx.get(), c.wh = wh.get(), c.b = b.get(), c.bh = bh.get();
      c.y = r.y.get(), c.h_last = last.get(), c.c_last = c_last.get(), c.reserve = reserve.get();
      c.gy = gy.get(), c.gh = gh.get(), c.gc = gc.get(), c.dx = r.dx.get(), c.dh0 = dh0.get(), c.dc0 = dc0.get();
      c.dwx = r.dwx.get(), c.dwh = r.dwh.get(), c.db = r.db.get(), c.dbh = dbh.get();
      for (int64_t kind : {VOLUTE_RECURRENT, VOLUTE_RECURRENT_GRADIENT}) {
        c.call.kind = kind;
        const Floats scratch(volute_scratch(&c.call));
        c.scratch = scratch.get();
        expect(context.run(c) == VOLUTE_OK, "recurrence over a table");
        if (of_table) {
          ids[3] = static_cast<int32_t>(rows);
          expect(context.run(c) == VOLUTE_INDEX_OUT_OF_RANGE && c.call.position == 3 && c.call.index == rows && c.call.bound == rows,
                 "an id outside the table is reported");
          ids[3] = static_cast<int32_t>(9 % (rows - 1));
        }
      }
      if (of_table) {
        c.call.kind = VOLUTE_PACK_RECURRENT;
        const Floats packed(volute_scratch(&c.call));
        c.packed = packed.get();
        expect(context.run(c) == VOLUTE_OK, "packed weights of a recurrence over a table");
        c.call.kind = VOLUTE_RECURRENT;
        c.wx = c.wh = nullptr;
        const Floats scratch(volute_scratch(&c.call)), y(sequence);
        c.scratch = scratch.get(), c.y = y.get();
        expect(context.run(c) == VOLUTE_OK && y.same(r.y), "packed weights do not change a bit of one over a table");
      }
      return r;
    };
    const Results gathered = run(one, false), found = run(one, true), shared = run(many, true);
    const auto close = [&](const Floats& expected, const Floats& actual, const char* what) {
      float largest = 0;
      for (int64_t i = 0; i < actual.size(); i++) {
        largest = std::max(largest, std::fabs(expected[i]));
      }
      for (int64_t i = 0; i < actual.size(); i++) {
        expect_close(expected[i], actual[i], 1e-5 * largest, what, i);
      }
    };
    close(gathered.y, found.y, "states over a table");
    close(gathered.dwx, found.dwx, "gradient to the weight of a table's rows");
    close(gathered.dwh, found.dwh, "gradient to the recurrent weight over a table");
    close(gathered.db, found.db, "gradient to the bias over a table");
    const Floats to_table(rows * inputs);
    std::fill_n(to_table.get(), to_table.size(), 0.0f);
    for (int64_t i = 0; i < x.size(); i++) {
      to_table[ids[static_cast<size_t>(i / inputs)] * inputs + i % inputs] += gathered.dx[i];
    }
    close(to_table, found.dx, "gradient to a table");
    expect(found.y.same(shared.y) && found.dwx.same(shared.dwx) && found.dwh.same(shared.dwh) && found.db.same(shared.db) &&
               found.dx.same(shared.dx),
           "threads do not change a bit of a recurrence over a table");
  }
}

// A sequence that comes in step by step, begins anew and goes on: what is kept between steps changes no bit.
void test_single_steps(Context& one, Context& many) {
  for (int64_t at = 0; at < 20; at++) {
    const int64_t cell = at % 5;
    const auto size = std::array<std::array<int64_t, 3>, 4>{{{1, 70, 260}, {3, 5, 19}, {2, 33, 128}, {1, 5, 600}}}[at / 5];
    const int64_t batch = size[0], inputs = size[1], units = size[2];
    const int64_t gates = cell == VOLUTE_CELL_LSTM ? 4 : cell >= VOLUTE_CELL_GRU ? 3 : 1;
    const int64_t state = batch * units, width = gates * units;
    const Floats wx(inputs * width, 4), wh(units * width, 5), b(width, 6), bh(units, 7);
    for (int64_t i = 0; i < wh.size(); i++) {
      wh[i] *= 0.1f;
    }
    std::vector<Floats> results;
    for (Context* context : {&one, &many}) {
      for (bool keeps : {false, true}) {
        const Floats kept(batch * (gates + 1) * units), h(state, 2), cell_state(state, 3), y(state), x(batch * inputs);
        const int64_t steps = 9;
        Floats all(steps * state);
        volute_recurrent c{};
        c.cell = cell;
        c.batch = batch, c.time = 1, c.inputs = inputs, c.units = units;
        c.x = x.get(), c.h0 = h.get(), c.c0 = cell_state.get(), c.wx = wx.get(), c.wh = wh.get(), c.b = b.get(), c.bh = bh.get();
        c.y = y.get(), c.h_last = h.get(), c.c_last = cell_state.get(), c.kept = keeps ? kept.get() : nullptr;
        c.call.kind = VOLUTE_PACK_RECURRENT;
        const Floats packed(volute_scratch(&c.call));
        c.packed = packed.get();
        expect(context->run(c) == VOLUTE_OK, "packed weights of a step");
        c.call.kind = VOLUTE_RECURRENT;
        const Floats scratch(volute_scratch(&c.call));
        c.scratch = scratch.get();
        for (int64_t t = 0; t < steps; t++) {
          for (int64_t i = 0; i < x.size(); i++) {
            x[i] = static_cast<float>((t * 31 + i * 7) % 13) / 13 - 0.5f;
          }
          if (t == 5) {
            h[state - 1] = 0.25f;
          }
          expect(context->run(c) == VOLUTE_OK, "a single step");
          expect((c.kept_state > 1) == (keeps && t > 0 && t != 5) || context == &many, "a step readies one that goes on");
          std::copy_n(y.get(), state, all.get() + t * state);
        }
        results.push_back(std::move(all));
      }
    }
    for (const Floats& other : results) {
      expect(results[0].same(other), "what is kept between steps does not change a bit");
    }
  }
}

// What is kept for the gradient, so much that it is written past the caches, and the same where no vector may lie.
void test_large_reserve(Context& one, Context& many) {
  for (int64_t cell : {VOLUTE_CELL_LSTM, VOLUTE_CELL_GRU, VOLUTE_CELL_GRU_RESET_AFTER}) {
    const int64_t each = cell == VOLUTE_CELL_LSTM ? 5 : cell == VOLUTE_CELL_GRU ? 3 : 4;
    const int64_t batch = 64, units = 16, time = (int64_t{1} << 21) / (batch * each * units) + 1;
    const int64_t kept = batch * time * each * units;
    const Floats x(batch * time, 1), h0(batch * units, 2), c0(batch * units, 3), wx(4 * units, 4), wh(4 * units * units, 5);
    const Floats b(4 * units, 6), bh(units, 7);
    std::vector<Floats> reserves;
    for (int64_t at : {0, 1}) {
      for (Context* context : {&one, &many}) {
        Floats y(batch * time * units), last(batch * units), c_last(batch * units), reserve(kept + 1);
        volute_recurrent c{};
        c.call.kind = VOLUTE_RECURRENT;
        c.cell = cell;
        c.batch = batch, c.time = time, c.inputs = 1, c.units = units;
        c.x = x.get(), c.h0 = h0.get(), c.c0 = c0.get(), c.wx = wx.get(), c.wh = wh.get(), c.b = b.get(), c.bh = bh.get();
        c.y = y.get(), c.h_last = last.get(), c.c_last = c_last.get(), c.reserve = reserve.get() + at;
        const Floats scratch(volute_scratch(&c.call));
        c.scratch = scratch.get();
        expect(context->run(c) == VOLUTE_OK, "recurrence with a large reserve");
        std::memmove(reserve.get(), reserve.get() + at, static_cast<size_t>(kept) * sizeof(float));
        reserve.get()[kept] = 0;
        reserves.push_back(std::move(reserve));
      }
    }
    for (const Floats& other : reserves) {
      expect(reserves[0].same(other), "what a recurrence keeps does not depend on threads or on where it lies");
    }
  }
}

}  // namespace

void test_recurrent(Context& one, Context& many) {
  test_recurrent_sizes(one, many);
  test_table_recurrent(one, many);
  test_single_steps(one, many);
  test_large_reserve(one, many);
}
