package dev.volute.backend.java.recurrent;

import dev.volute.backend.java.dense.JointProducts;
import dev.volute.backend.java.dense.JointProducts.Target;
import dev.volute.backend.java.dense.TransposedFactor;
import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.recurrent.StepRows.Slices;
import java.util.ArrayList;
import java.util.List;

/**
 * Gradients to the weights and the biases: from the gradients to the gates' sums of one chunk of
 * steps after the other, each of which adds to them.
 */
final class ParameterGradients {
  /** One product with the gradients to some sums, or their sum, added to what it has been. */
  private interface Part {
    void run(int rows, boolean first, boolean last);
  }

  private final Sizes sizes;
  private final Machine machine;
  private final List<MetRows> met = new ArrayList<>();
  private final List<Part> parts = new ArrayList<>();
  private Floats sumsLeft;

  ParameterGradients(Sizes sizes, BackwardMemory memory, Machine machine) {
    this.sizes = sizes;
    this.machine = machine;
    sumsLeft = memory.weightSums();
    int width = sizes.width();
    int shared = sizes.shared();
    int units = sizes.units();
    Slices sums = memory.sums();
    TransposedFactor inputs = meet(sizes.features(), memory.x(), memory.metInputs());
    TransposedFactor states = meet(units, memory.hidden(), memory.metStates());
    Floats inputWeight = memory.inputWeightGradient();
    Floats recurrentWeight = memory.recurrentWeightGradient();

    addWeights(
        shared,
        sums,
        new Target(inputs, inputWeight, width),
        new Target(states, recurrentWeight, width));
    addBias(width, sums, memory.biasGradient());
    if (sizes.isGru()) {
      Slices inner = memory.inner();
      Target input = new Target(inputs, inputWeight.plus(shared), width);
      Floats candidate = recurrentWeight.plus(shared);
      if (sizes.cell().hasRecurrentBias()) {
        addWeights(units, sums.from(shared), input);
        addWeights(units, inner, new Target(states, candidate, width));
        addBias(units, inner, memory.recurrentBiasGradient());
      } else {
        TransposedFactor products = meet(units, inner, memory.metInner());
        addWeights(units, sums.from(shared), input, new Target(products, candidate, width));
      }
    }
  }

  /** Elements of memory for the sums of all weights. */
  static int length(Sizes sizes, Machine machine) {
    int shared = sizes.shared();
    int length = 0;
    for (int rows : new int[] {sizes.features(), sizes.units()}) {
      length += JointProducts.length(rows, shared, machine);
      length += JointProducts.length(rows, sizes.width() - shared, machine);
    }
    return length;
  }

  private TransposedFactor meet(int width, StepRows rows, TransposedFactor factor) {
    met.add(new MetRows(sizes.batch(), width, rows, factor, machine.workers()));
    return factor;
  }

  /** {@code to = to + transposed met @ gradients} for each target. */
  private void addWeights(int columns, Slices gradients, Target... targets) {
    JointProducts products = new JointProducts(columns, List.of(targets), sumsLeft, machine);
    for (Target each : targets) {
      sumsLeft = sumsLeft.plus(JointProducts.length(each.a().m(), columns, machine));
    }
    Floats from = gradients.values();
    parts.add(
        (k, first, last) ->
            products.run(k, first, last, from.array(), from.offset(), gradients.distance()));
  }

  private void addBias(int columns, Slices gradients, Floats to) {
    ColumnSums bias = new ColumnSums(columns, gradients.values(), to, machine);
    parts.add((rows, first, last) -> bias.add(rows, first));
  }

  /** Adds what steps {@code from} (inclusive) to {@code to} (exclusive) give. */
  void run(int from, int to) {
    for (int i = 0; i < met.size(); i++) {
      met.get(i).pack(from, to);
    }
    // Steps go back from the last one.
    boolean first = to == sizes.time();
    boolean last = from == 0;
    for (int i = 0; i < parts.size(); i++) {
      parts.get(i).run((to - from) * sizes.batch(), first, last);
    }
  }
}
