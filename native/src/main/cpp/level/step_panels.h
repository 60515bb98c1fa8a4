// Products of one step: few rows of states with a weight that stays the same for all steps.
#pragma once

#include "../sizes.h"
#include "recurrent.h"

namespace volute::VOLUTE_LEVEL {

// A weight [k, gates * units] in panels of columns. Panel (gate, p) holds k rows of some columns of that gate, padded to
// whole vectors; the panels of all gates for the same units lie side by side.
struct StepPanels {
  Partition columns;  // of one gate
  int64_t gates;
  int64_t k;
  float* data;

  StepPanels(int64_t batch, int64_t units, int64_t gates_, int64_t k_, float* data_)
      : columns(units, tile_vectors(minimum(batch, int64_t{tile_rows})) * int64_t{lanes<float>}, lanes<float>),
        gates(gates_),
        k(k_),
        data(data_) {}

  int64_t count() const { return columns.panels; }
  int64_t width(int64_t p) const { return ceil_div(columns.size(p), lanes<float>) * lanes<float>; }
  float* panel(int64_t gate, int64_t p) const {
    return data + gates * (k * columns.start(p) + p * step_slack) + gate * (k * width(p) + step_slack);
  }

  // Copies rows at.. of k: element (at + i, gate * units + j) is w[i * k_stride + gate * gate_stride + j * j_stride].
  void fill(Pool& pool, const float* w, int64_t at, int64_t rows, int64_t k_stride, int64_t gate_stride,
            int64_t j_stride) const {
    const double elements = static_cast<double>(rows * gates * columns.length);
    pool.run(count() * gates, elements * 0.1, [&](int64_t part) {
      const int64_t p = part / gates;
      const int64_t gate = part % gates;
      const float* from = w + gate * gate_stride + columns.start(p) * j_stride;
      pack(rows, columns.size(p), width(p), from, k_stride, j_stride, panel(gate, p) + at * width(p), 1.0f);
    });
  }
};

// The left operand of a step's products: rows in tiles, each k by rows.
struct StepRows {
  int64_t k;
  float* data;

  static Partition tiles(const Area& area) { return Partition(area.rows, tile_rows, 1); }

  // Where the tile that begins with this row stands.
  float* tile(int64_t row) const { return data + row * (k + step_slack); }

  // Copies columns of the area's rows to [at, at + columns) of k, and perhaps a little beyond.
  void fill(const Area& area, const Rows& rows, int64_t columns, int64_t at) const {
    const Partition cut = tiles(area);
    for (int64_t i = 0; i < cut.panels; i++) {
      const int64_t row = area.row + cut.start(i);
      const int64_t height = cut.size(i);
      float* to = tile(row) + at * height;
      if (height == 1) {
        std::memcpy(to, rows.row(row), static_cast<size_t>(columns) * sizeof(float));
      } else {
        pack(columns, height, height, rows.row(row), int64_t{1}, rows.stride, to, 1.0f);
      }
    }
  }
};

// A panel's rows in pieces, each of which is multiplied with all rows of an area in turn: the second-level cache holds it.
// One piece even if there are no rows.
struct StepPieces {
  static constexpr int64_t most = 1024;
  int64_t rows;
  int64_t count;

  explicit StepPieces(int64_t rows_) : rows(rows_), count(maximum(int64_t{1}, ceil_div(rows_, most))) {}

  int64_t start(int64_t piece) const { return rows * piece / count; }
  int64_t size(int64_t piece) const { return start(piece + 1) - start(piece); }
};

// c[row] (+)= columns [from, from + depth) of the left operand @ these rows of a panel, for the area's rows. c is where
// row 0 and the gate's first column stand. What is needed next is read ahead while tiles are computed: the panel's next
// rows, behind the last of them those at `next`; where that is null, the left operand's next tile.
inline void step_product(const StepRows& a, const StepPanels& b, const Area& area, int64_t gate, int64_t p, int64_t from,
                         int64_t depth, float* c, int64_t ldc, bool accumulate, const float* next) {
  float* const spare = static_cast<float*>(workspace());
  const int64_t width = b.width(p);
  const Partition cut = StepRows::tiles(area);
  const StepPieces pieces(depth);
  for (int64_t piece = 0; piece < pieces.count; piece++) {
    const int64_t first = from + pieces.start(piece);
    const int64_t size = pieces.size(piece);
    const float* const rows = b.panel(gate, p) + first * width;
    const float* const behind = piece + 1 < pieces.count ? rows + size * width : next;
    for (int64_t i = 0; i < cut.panels; i++) {
      const int64_t row = area.row + cut.start(i);
      const int64_t height = cut.size(i);
      const int64_t read = i * size * line_floats;
      const float* ahead = behind && read < size * width ? behind + read : nullptr;
      if (!next && i + 1 < cut.panels) {
        ahead = a.tile(row + height) + first * cut.size(i + 1);
      }
      tile_product(size, height, b.columns.size(p), a.tile(row) + first * height, height, rows, width,
                   c + row * ldc + b.columns.start(p), ldc, accumulate || piece > 0, spare, ahead);
    }
  }
}

// to[units of a panel] (+)= sums over the panel's first rows.
inline void column_sums(const StepPanels& of, int64_t rows, int64_t gate, int64_t p, float* to, bool accumulate) {
  constexpr int64_t piece = 64;
  const int64_t stride = of.width(p);
  const Area units{0, 0, of.columns.start(p), of.columns.size(p)};
  each_units(units, [&](const auto& u) VOLUTE_INLINE_LAMBDA {
    const float* from = of.panel(gate, p) + (u.at - units.unit);
    f32v total = accumulate ? u.get(to) : f32v{};
    for (int64_t s = 0; s < rows; s += piece) {
      f32v sum{};
      for (int64_t i = s; i < minimum(rows, s + piece); i++) {
        sum += load(from + i * stride);
      }
      total += sum;
    }
    u.set(to, total);
  });
}

inline double weight_bytes(const StepPanels& panels) {
  return static_cast<double>(panels.k * panels.gates * panels.columns.length) * sizeof(float);
}

// What of a weight a thread's cache is taken to hold from step to step.
constexpr double step_cache_bytes = 1.25 * 1048576;

// How many groups of rows run through all steps on their own: rows of a batch do not depend on each other. One where a
// thread's cache does not hold the weight or there are few rows: then threads share the panels of each phase out. An
// element is the same sum either way.
inline int64_t row_groups(const Pool& pool, const StepPanels& panels, int64_t batch) {
  constexpr int64_t least_rows = 8;
  const int64_t groups = weight_bytes(panels) <= step_cache_bytes ? minimum(int64_t{pool.threads()}, batch / least_rows) : 1;
  return maximum(int64_t{1}, groups);
}

inline Area group_rows(int64_t batch, int64_t group, int64_t groups, int64_t units) {
  const int64_t row = batch * group / groups;
  return {row, batch * (group + 1) / groups - row, 0, units};
}

// The panel of some units, the one after it, and whether they are taken in descending order.
struct StepTurn {
  int64_t panel, next;
  bool back;
};

// Runs `steps` steps of `phases` phases each. prepare(step, phase, area) readies some rows for
// work(step, phase, area, turn). Panels are taken to and fro, for those that were read last are still near; `before` counts
// the steps of earlier calls with the same panels, if there were any.
template <class Prepare, class Work>
void run_steps(Pool& pool, const StepPanels& panels, int64_t batch, int64_t before, int64_t steps, int64_t phases,
               const Prepare& prepare, const Work& work) {
  const double weight = static_cast<double>(panels.k * panels.gates * panels.columns.length);
  const double step = maximum(weight * 0.03, weight * static_cast<double>(batch) * 0.01) / static_cast<double>(phases);
  const int64_t groups = row_groups(pool, panels, batch);
  const auto area_of = [&](int64_t row, int64_t rows, int64_t p) {
    return Area{row, rows, panels.columns.start(p), panels.columns.size(p)};
  };
  const auto back_at = [&](int64_t t, int64_t phase) { return (before + t + phase) % 2 != 0; };
  const auto turn_of = [&](int64_t p, bool back) {
    return StepTurn{p, back ? maximum(p - 1, int64_t{0}) : minimum(p + 1, panels.count() - 1), back};
  };
  const Area all{0, batch, 0, panels.columns.length};
  if (pool.threads() > 1 && groups == 1) {
    const Partition tiles = StepRows::tiles(all);
    const double rows = static_cast<double>(batch * panels.k);
    for (int64_t t = 0; t < steps; t++) {
      for (int64_t phase = 0; phase < phases; phase++) {
        pool.run_awake(steps * phases, false, tiles.panels, rows * 0.3, [&](int64_t i) {
          prepare(t, phase, {tiles.start(i), tiles.size(i), 0, panels.columns.length});
        });
        const bool back = back_at(t, phase);
        pool.run_awake(steps * phases, back, panels.count(), step, [&](int64_t p) {
          work(t, phase, area_of(0, batch, p), turn_of(p, back));
        });
      }
    }
    return;
  }
  pool.run(groups, step * static_cast<double>(phases * steps), [&](int64_t group) {
    const Area area = group_rows(batch, group, groups, panels.columns.length);
    for (int64_t t = 0; t < steps; t++) {
      for (int64_t phase = 0; phase < phases; phase++) {
        const bool back = back_at(t, phase);
        prepare(t, phase, area);
        for (int64_t i = 0; i < panels.count(); i++) {
          const int64_t p = back ? panels.count() - 1 - i : i;
          work(t, phase, area_of(area.row, area.rows, p), turn_of(p, back));
        }
      }
    }
  });
}

}  // namespace volute::VOLUTE_LEVEL
