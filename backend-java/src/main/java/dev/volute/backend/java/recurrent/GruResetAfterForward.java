package dev.volute.backend.java.recurrent;

import dev.volute.backend.java.kernel.Floats;

/** Steps of the GRU with the reset after the product. */
final class GruResetAfterForward implements ForwardCell {
  private final int units;
  private final boolean reserve;
  private final GateProduct gateProduct;
  private final GateProduct candidateProduct;
  private final Floats weight;
  private final Floats bias;
  private final Floats gateWeight;
  private final Floats candidateWeight;
  private final Floats inner;
  private final States hidden;
  private final Steps sums;
  private final Steps y;
  private final CellFunctions functions;

  GruResetAfterForward(ForwardPlan plan, ForwardMemory memory, CellFunctions functions) {
    units = plan.sizes().units();
    reserve = plan.reserve();
    gateProduct = plan.gates();
    candidateProduct = plan.candidate();
    weight = memory.recurrentWeight();
    bias = memory.recurrentBias();
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
    int first = inner.offset() + from * units;
    for (int row = from; row < to; row++) {
      System.arraycopy(
          bias.array(), bias.offset(), inner.array(), inner.offset() + row * units, units);
    }
    candidateProduct.add(
        to - from,
        hidden.array(t),
        hidden.at(from, t),
        hidden.rowStep(t),
        candidateWeight,
        inner.array(),
        first,
        units);
    for (int row = from; row < to; row++) {
      int at = sums.at(row, t);
      int q = inner.offset() + row * units;
      functions.sigmoid(2 * units, sums.array(), at);
      functions.gates().reset(units, sums.array(), at, units, inner.array(), q);
      functions.tanh(units, sums.array(), at + 2 * units);
      functions
          .gates()
          .gru(
              units,
              sums.array(),
              at,
              units,
              hidden.array(t),
              hidden.at(row, t),
              y.array(),
              y.at(row, t));
      if (reserve) {
        System.arraycopy(inner.array(), q, sums.array(), at + 3 * units, units);
      }
    }
  }
}
