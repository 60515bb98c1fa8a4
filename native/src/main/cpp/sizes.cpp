#include "sizes.h"

namespace volute {
namespace {

int64_t gates(int64_t cell) {
  return cell == VOLUTE_CELL_LSTM ? 4 : cell == VOLUTE_CELL_GRU || cell == VOLUTE_CELL_GRU_RESET_AFTER ? 3 : 1;
}

int64_t recurrent_elements(const volute_recurrent& c) {
  const int64_t steps = c.batch * c.time;
  // Pre-activations of all steps, and three states: see level/recurrent.cpp.
  return steps * gates(c.cell) * c.units + 3 * c.batch * c.units;
}

int64_t recurrent_gradient_elements(const volute_recurrent& c) {
  const int64_t steps = c.batch * c.time;
  const int64_t width = gates(c.cell) * c.units;
  // Gradients to all pre-activations, two sequences, the transposed weight, three states: see
  // level/recurrent_gradient.cpp.
  return steps * (width + 2 * c.units) + width * c.units + 3 * c.batch * c.units;
}

}  // namespace

int64_t scratch_elements(const volute_call& call) {
  switch (call.kind) {
    case VOLUTE_CONVOLUTION:
    case VOLUTE_CONVOLUTION_INPUT_GRADIENT:
      return filter_elements(reinterpret_cast<const volute_convolution&>(call)) + packing_slack;
    case VOLUTE_CONVOLUTION_FILTER_GRADIENT: {
      const volute_convolution& c = reinterpret_cast<const volute_convolution&>(call);
      return (filter_gradient_cut(c).chunks - 1) * filter_elements(c);
    }
    case VOLUTE_RECURRENT:
      return recurrent_elements(reinterpret_cast<const volute_recurrent&>(call));
    case VOLUTE_RECURRENT_GRADIENT:
      return recurrent_gradient_elements(reinterpret_cast<const volute_recurrent&>(call));
    default:
      return 0;
  }
}

}  // namespace volute
