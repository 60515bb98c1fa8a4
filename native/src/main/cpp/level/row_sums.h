// Gradients to pre-activations, summed by the row of a table that stood at each step: the gradients that go through the
// table are products with as many terms and rows as it has.
#pragma once

#include <algorithm>

#include "step_panels.h"

namespace volute::VOLUTE_LEVEL {

struct RowSums {
  const volute_recurrent& c;
  StepRows table;     // [inputs, rows]: transposed, zeros for rows that no step has
  StepPanels panels;  // [rows, slots * units]: the sums
  StepRows left;      // [rows, slots * units]: the same, as products read them
  float* used;        // [rows]: 0 where no step has the row

  RowSums(const volute_recurrent& call, int64_t slots, float* data)
      : c(call),
        table{c.rows, data},
        panels(tile_rows, c.units, slots, c.rows, data + c.inputs * (c.rows + step_slack)),
        left{slots * c.units, panels.data + panel_elements(c.units, slots, c.rows)},
        used(left.data + c.rows * (left.k + step_slack)) {}

  // Rows that no step has stay out of the products, whatever they hold.
  void begin() const {
    std::fill(used, used + c.rows, 0.0f);
    for (int64_t i = 0; i < c.batch * c.time; i++) {
      used[c.ids[i]] = 1;
    }
    std::fill(panels.data, left.data, 0.0f);
    const Partition cut(c.inputs, tile_rows, 1);
    for (int64_t p = 0; p < cut.panels; p++) {
      const int64_t height = cut.size(p);
      float* const to = table.tile(cut.start(p));
      pack(c.rows, height, height, c.x + cut.start(p), c.inputs, int64_t{1}, to, 1.0f);
      for (int64_t row = 0; row < c.rows; row++) {
        if (used[row] == 0) {
          std::fill(to + row * height, to + (row + 1) * height, 0.0f);
        }
      }
    }
  }

  // Adds the gradients of some steps, in order: `from` is a panel of theirs, a row a batch entry.
  void add(int64_t first, int64_t end, int64_t slot, int64_t p, const float* from) const {
    constexpr int64_t L = lanes<float>;
    const int64_t stride = panels.width(p);
    float* const sums = panels.panel(slot, p);
    for (int64_t t = first; t < end; t++) {
      for (int64_t b = 0; b < c.batch; b++) {
        float* const to = sums + c.ids[b * c.time + t] * stride;
        for (int64_t j = 0; j < stride; j += L) {
          store(to + j, load(to + j) + load(from + j));
        }
        from += stride;
      }
    }
  }

  // The gradients to the table, to the input weight, which stands transposed in `weight`, and to the bias. Gates begin with
  // slot `first`.
  void gradients(Pool& pool, const StepPanels& weight, int64_t first) const {
    const int64_t H = c.units;
    const int64_t width = panels.gates * H - first * H;
    const int64_t count = panels.count();
    const double products = static_cast<double>(c.rows * c.inputs * width) / 100;
    pool.run((panels.gates - first) * count, products, [&](int64_t part) {
      const int64_t gate = part / count;
      const int64_t p = part % count;
      step_product(table, panels, {0, c.inputs, 0, 0}, first + gate, p, 0, c.rows, c.dwx + gate * H, width, false, nullptr);
      column_sums(panels, c.rows, first + gate, p, c.db + gate * H, false);
    });
    for (int64_t slot = first; slot < panels.gates; slot++) {
      for (int64_t p = 0; p < count; p++) {
        left.fill({0, c.rows, 0, 0}, {panels.panel(slot, p), panels.width(p)}, panels.columns.size(p),
                  slot * H + panels.columns.start(p));
      }
    }
    pool.run(weight.count(), products, [&](int64_t p) {
      step_product(left, weight, {0, c.rows, 0, 0}, 0, p, first * H, width, c.dx, c.inputs, false, nullptr);
    });
    // 0, whatever the weight holds.
    for (int64_t row = 0; row < c.rows; row++) {
      if (used[row] == 0) {
        std::fill(c.dx + row * c.inputs, c.dx + (row + 1) * c.inputs, 0.0f);
      }
    }
  }
};

}  // namespace volute::VOLUTE_LEVEL
