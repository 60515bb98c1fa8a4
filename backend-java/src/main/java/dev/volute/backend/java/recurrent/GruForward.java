package dev.volute.backend.java.recurrent;

import dev.volute.backend.java.kernel.Floats;

/** Steps of the GRU with the reset before the product. */
final class GruForward implements ForwardCell {
  private final int units;
  private final GateProduct gateProduct;
  private final GateProduct candidateProduct;
  private final Floats weight;
  private final Floats gateWeight;
  private final Floats candidateWeight;
  private final Floats inner;
  private final States hidden;
  private final Steps sums;
  private final Steps y;
  private final CellFunctions functions;

  GruForward(ForwardPlan plan, ForwardMemory memory, CellFunctions functions) {
    units = plan.sizes().units();
    gateProduct = plan.gates();
    candidateProduct = plan.candidate();
    weight = memory.recurrentWeight();
    gateWeight = memory.gateWeight();
    candidateWeight = memory.candidateWeight();
    inner = memory.inner();
    hidden = memory.hidden();
    sums = memory.sums();
    y = memory.y();
    this.functions = functions;
  }

  @Override
  public void begin() {
    gateProduct.pack(weight, gateWeight);
    candidateProduct.pack(weight, candidateWeight);
  }

  @Override
  public void step(int from, int to, int t) {
    gateProduct.add(to - from, hidden, from, t, gateWeight, sums);
    float[] before = hidden.array(t);
    for (int row = from; row < to; row++) {
      int at = sums.at(row, t);
      functions.sigmoid(2 * units, sums.array(), at);
      functions
          .multiply()
          .run(
              units,
              inner.array(),
              inner.offset() + row * units,
              sums.array(),
              at,
              before,
              hidden.at(row, t));
    }
    candidateProduct.add(
        to - from,
        inner.array(),
        inner.offset() + from * units,
        units,
        candidateWeight,
        sums.array(),
        sums.at(from, t) + 2 * units,
        sums.rowStep());
    for (int row = from; row < to; row++) {
      int at = sums.at(row, t);
      functions.tanh(units, sums.array(), at + 2 * units);
      functions
          .gates()
          .gru(units, sums.array(), at, units, before, hidden.at(row, t), y.array(), y.at(row, t));
    }
  }
}
