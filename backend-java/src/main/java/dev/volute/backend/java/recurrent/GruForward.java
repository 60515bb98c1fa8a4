package dev.volute.backend.java.recurrent;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.simd.Gates;

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
  private final Gates gates;

  GruForward(ForwardPlan plan, ForwardMemory memory, Gates gates) {
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
    this.gates = gates;
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
      gates.reset(
          units,
          sums.array(),
          sums.at(row, t),
          before,
          hidden.at(row, t),
          inner.array(),
          inner.offset() + row * units);
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
      gates.gru(
          units,
          sums.array(),
          sums.at(row, t),
          units,
          before,
          hidden.at(row, t),
          y.array(),
          y.at(row, t));
    }
  }
}
