package dev.volute.backend.java.recurrent;

import dev.volute.backend.java.dense.JointProducts;
import dev.volute.backend.java.dense.JointProducts.Target;
import dev.volute.backend.java.dense.TransposedFactor;
import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.recurrent.StepRows.Slices;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
  private final Optional<TableGradients> table;
  private Floats sumsLeft;

  ParameterGradients(BackwardPlan plan, BackwardMemory memory, Machine machine) {
    this.machine = machine;
    sizes = plan.sizes();
    sumsLeft = memory.weightSums();
    int width = sizes.width();
    int shared = sizes.shared();
    int units = sizes.units();
    Slices sums = memory.sums();
    // Where the inputs are rows of a table, their part is done by row.
    Optional<TransposedFactor> inputs =
        sizes.isOverTable()
            ? Optional.empty()
            : Optional.of(meet(sizes.features(), memory.x(), memory.metInputs()));
    TransposedFactor states = meet(units, memory.hidden(), memory.metStates());
    Floats inputWeight = memory.inputWeightGradient();
    Floats recurrentWeight = memory.recurrentWeightGradient();

    List<Target> targets = new ArrayList<>();
    inputs.ifPresent(each -> targets.add(new Target(each, inputWeight, width)));
    targets.add(new Target(states, recurrentWeight, width));
    addWeights(shared, sums, targets);
    if (!sizes.isOverTable()) {
      addBias(width, sums, memory.biasGradient());
    }
    if (sizes.isGru()) {
      Slices inner = memory.inner();
      List<Target> ofCandidate = new ArrayList<>();
      inputs.ifPresent(each -> ofCandidate.add(new Target(each, inputWeight.plus(shared), width)));
      Floats candidate = recurrentWeight.plus(shared);
      if (sizes.cell().hasRecurrentBias()) {
        addWeights(units, sums.from(shared), ofCandidate);
        addWeights(units, inner, List.of(new Target(states, candidate, width)));
        addBias(units, inner, memory.recurrentBiasGradient());
      } else {
        TransposedFactor products = meet(units, inner, memory.metInner());
        ofCandidate.add(new Target(products, candidate, width));
        addWeights(units, sums.from(shared), ofCandidate);
      }
    }
    table =
        sizes.isOverTable()
            ? Optional.of(new TableGradients(plan, memory, sumsLeft, machine))
            : Optional.empty();
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
  private void addWeights(int columns, Slices gradients, List<Target> targets) {
    if (targets.isEmpty()) {
      return;
    }
    JointProducts products = new JointProducts(columns, targets, sumsLeft, machine);
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
    if (table.isPresent()) {
      table.get().run(from, to, first, last);
    }
  }
}
