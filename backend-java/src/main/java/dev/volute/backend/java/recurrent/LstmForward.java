package dev.volute.backend.java.recurrent;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.simd.Gates;

/** Steps of the LSTM. The cell state is kept where the last one is wanted. */
final class LstmForward implements ForwardCell {
  private final Sizes sizes;
  private final boolean reserve;
  private final GateProduct product;
  private final Floats weight;
  private final Floats packed;
  private final States hidden;
  private final Steps sums;
  private final Steps y;
  private final Floats first;
  private final Floats state;
  private final Gates gates;

  LstmForward(ForwardPlan plan, ForwardMemory memory, Gates gates) {
    sizes = plan.sizes();
    reserve = plan.reserve();
    product = plan.gates();
    weight = memory.recurrentWeight();
    packed = memory.gateWeight();
    hidden = memory.hidden();
    sums = memory.sums();
    y = memory.y();
    first = memory.firstCell();
    state = memory.lastCell();
    this.gates = gates;
  }

  @Override
  public void begin() {
    product.pack(weight, packed);
    System.arraycopy(first.array(), first.offset(), state.array(), state.offset(), sizes.state());
  }

  @Override
  public void step(int from, int to, int t) {
    int units = sizes.units();
    product.add(to - from, hidden, from, t, packed, sums);
    for (int row = from; row < to; row++) {
      int at = sums.at(row, t);
      int cell = state.offset() + row * units;
      gates.lstm(units, sums.array(), at, units, state.array(), cell, y.array(), y.at(row, t));
      if (reserve) {
        System.arraycopy(state.array(), cell, sums.array(), at + 4 * units, units);
      }
    }
  }
}
