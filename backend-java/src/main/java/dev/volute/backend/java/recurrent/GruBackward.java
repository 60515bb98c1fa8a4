package dev.volute.backend.java.recurrent;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.simd.Gates;
import java.util.Arrays;

/** Steps back of the GRU with the reset before the product. */
final class GruBackward implements BackwardCell {
  private final int units;
  private final GateProduct gateProduct;
  private final GateProduct candidateProduct;
  private final Floats weight;
  private final Floats gateWeight;
  private final Floats candidateWeight;
  private final Steps reserve;
  private final Steps before;
  private final Steps gradients;
  private final Floats hidden;
  private final Floats reset;
  private final Steps inner;
  private final Steps sums;
  private final Gates gates;

  GruBackward(BackwardPlan plan, BackwardMemory memory, Machine machine) {
    units = plan.sizes().units();
    gateProduct = plan.gates();
    candidateProduct = plan.candidate();
    weight = memory.recurrentWeight();
    gateWeight = memory.gateWeight();
    candidateWeight = memory.candidateWeight();
    reserve = memory.reserve();
    before = memory.before();
    gradients = memory.gradients();
    hidden = memory.hiddenGradient();
    reset = memory.reset();
    inner = memory.inner();
    sums = memory.sums();
    gates = machine.simd().gates();
  }

  @Override
  public void begin() {
    gateProduct.pack(weight, gateWeight);
    candidateProduct.pack(weight, candidateWeight);
  }

  @Override
  public void step(int from, int to, int t) {
    for (int row = from; row < to; row++) {
      int state = row * units;
      gates.gruGradient(
          units,
          reserve.array(),
          reserve.at(row, t),
          units,
          before.array(),
          before.at(row, t),
          gradients.array(),
          gradients.at(row, t),
          hidden.array(),
          hidden.offset() + state,
          sums.array(),
          sums.at(row, t),
          inner.array(),
          inner.at(row, t));
    }
    Arrays.fill(reset.array(), reset.offset() + from * units, reset.offset() + to * units, 0f);
    candidateProduct.add(from, to, sums, 2 * units, t, candidateWeight, reset);
    for (int row = from; row < to; row++) {
      int state = row * units;
      gates.resetGradient(
          units,
          reserve.array(),
          reserve.at(row, t),
          before.array(),
          before.at(row, t),
          reset.array(),
          reset.offset() + state,
          hidden.array(),
          hidden.offset() + state,
          sums.array(),
          sums.at(row, t));
    }
    gateProduct.add(from, to, sums, 0, t, gateWeight, hidden);
  }
}
