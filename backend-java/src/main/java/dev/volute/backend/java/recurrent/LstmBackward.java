package dev.volute.backend.java.recurrent;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.simd.FloatMap;
import dev.volute.backend.java.simd.Gates;
import dev.volute.graph.Unary;

/** Steps back of the LSTM. */
final class LstmBackward implements BackwardCell {
  private final Sizes sizes;
  private final GateProduct product;
  private final Floats weight;
  private final Floats packed;
  private final Steps reserve;
  private final States cells;
  private final Steps gradients;
  private final Floats lastCell;
  private final Floats hidden;
  private final Floats cell;
  private final Steps sums;
  private final FloatMap tanh;
  private final Gates gates;

  LstmBackward(BackwardPlan plan, BackwardMemory memory, Machine machine) {
    sizes = plan.sizes();
    product = plan.gates();
    weight = memory.recurrentWeight();
    packed = memory.gateWeight();
    reserve = memory.reserve();
    cells = memory.cells();
    gradients = memory.gradients();
    lastCell = memory.lastCellGradient();
    hidden = memory.hiddenGradient();
    cell = memory.cellGradient();
    sums = memory.sums();
    tanh = machine.simd().elementwise().unary(Unary.Function.TANH);
    gates = machine.simd().gates();
  }

  @Override
  public void begin() {
    product.pack(weight, packed);
    System.arraycopy(
        lastCell.array(), lastCell.offset(), cell.array(), cell.offset(), sizes.state());
  }

  @Override
  public void step(int from, int to, int t) {
    int units = sizes.units();
    for (int row = from; row < to; row++) {
      int kept = reserve.at(row, t);
      int state = kept + 4 * units;
      int squashed = sums.at(row, t) + 3 * units;
      tanh.run(units, sums.array(), squashed, reserve.array(), state, reserve.array(), state);
      gates.lstmGradient(
          units,
          reserve.array(),
          kept,
          units,
          cells.array(t),
          cells.at(row, t),
          gradients.array(),
          gradients.at(row, t),
          hidden.array(),
          hidden.offset() + row * units,
          cell.array(),
          cell.offset() + row * units,
          sums.array(),
          sums.at(row, t));
    }
    product.add(from, to, sums, 0, t, packed, hidden);
  }
}
