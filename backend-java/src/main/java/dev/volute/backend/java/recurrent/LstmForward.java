package dev.volute.backend.java.recurrent;

import dev.volute.backend.java.kernel.Floats;

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
  private final CellFunctions functions;

  LstmForward(ForwardPlan plan, ForwardMemory memory, CellFunctions functions) {
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
    this.functions = functions;
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
      float[] gates = sums.array();
      functions.sigmoid(2 * units, gates, at);
      functions.tanh(units, gates, at + 2 * units);
      functions.sigmoid(units, gates, at + 3 * units);
      functions.gates().lstm(units, gates, at, units, state.array(), cell);
      float[] h = y.array();
      int hAt = y.at(row, t);
      functions.tanh().run(units, h, hAt, state.array(), cell, state.array(), cell);
      functions.multiply().run(units, h, hAt, h, hAt, gates, at + 3 * units);
      if (reserve) {
        System.arraycopy(state.array(), cell, sums.array(), at + 4 * units, units);
      }
    }
  }
}
