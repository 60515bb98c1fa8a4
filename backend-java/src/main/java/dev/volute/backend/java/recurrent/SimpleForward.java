package dev.volute.backend.java.recurrent;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.simd.FloatMap;

/** Steps of the cells with one activation. */
final class SimpleForward implements ForwardCell {
  private final int units;
  private final GateProduct product;
  private final Floats weight;
  private final Floats packed;
  private final States hidden;
  private final Steps sums;
  private final Steps y;
  private final FloatMap activation;

  SimpleForward(ForwardPlan plan, ForwardMemory memory, FloatMap activation) {
    units = plan.sizes().units();
    product = plan.gates();
    weight = memory.recurrentWeight();
    packed = memory.gateWeight();
    hidden = memory.hidden();
    sums = memory.sums();
    y = memory.y();
    this.activation = activation;
  }

  @Override
  public void begin() {
    product.pack(weight, packed);
  }

  @Override
  public void step(int from, int to, int t) {
    product.add(to - from, hidden, from, t, packed, sums);
    for (int row = from; row < to; row++) {
      int at = sums.at(row, t);
      activation.run(units, y.array(), y.at(row, t), sums.array(), at, sums.array(), at);
    }
  }
}
