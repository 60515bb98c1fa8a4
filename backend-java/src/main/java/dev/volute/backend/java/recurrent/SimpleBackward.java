package dev.volute.backend.java.recurrent;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.simd.FloatMap;
import dev.volute.graph.Binary;
import java.util.Arrays;

/** Steps back of the cells with one activation. */
final class SimpleBackward implements BackwardCell {
  private final int units;
  private final GateProduct product;
  private final Floats weight;
  private final Floats packed;
  private final Steps y;
  private final Steps gradients;
  private final Floats hidden;
  private final Steps sums;
  private final FloatMap add;
  private final FloatMap derivative;

  SimpleBackward(
      BackwardPlan plan, BackwardMemory memory, Machine machine, Binary.Function derivative) {
    units = plan.sizes().units();
    product = plan.gates();
    weight = memory.recurrentWeight();
    packed = memory.gateWeight();
    y = memory.y();
    gradients = memory.gradients();
    hidden = memory.hiddenGradient();
    sums = memory.sums();
    add = machine.simd().elementwise().binary(Binary.Function.ADD);
    this.derivative = machine.simd().elementwise().binary(derivative);
  }

  @Override
  public void begin() {
    product.pack(weight, packed);
  }

  @Override
  public void step(int from, int to, int t) {
    for (int row = from; row < to; row++) {
      int h = hidden.offset() + row * units;
      int s = sums.at(row, t);
      add.run(units, sums.array(), s, gradients.array(), gradients.at(row, t), hidden.array(), h);
      derivative.run(units, sums.array(), s, y.array(), y.at(row, t), sums.array(), s);
      Arrays.fill(hidden.array(), h, h + units, 0f);
    }
    product.add(from, to, sums, 0, t, packed, hidden);
  }
}
