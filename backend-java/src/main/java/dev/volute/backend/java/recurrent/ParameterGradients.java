package dev.volute.backend.java.recurrent;

import dev.volute.backend.java.dense.Gemm;
import dev.volute.backend.java.dense.ProductForm;
import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import java.util.ArrayList;
import java.util.List;

/**
 * Gradients to the inputs, the weights and the biases, from the gradients to the gates' sums of all
 * steps.
 */
final class ParameterGradients {
  private final int rows;
  private final Machine machine;
  private final List<Runnable> parts = new ArrayList<>();

  ParameterGradients(Sizes sizes, BackwardMemory memory, Machine machine) {
    rows = sizes.rows();
    this.machine = machine;
    int width = sizes.width();
    int units = sizes.units();
    int features = sizes.features();
    Floats sums = memory.sums().values();
    Floats before = memory.before().values();
    Floats recurrent = memory.recurrentWeightGradient();
    int shared = sizes.shared();

    addInputs(features, width, sums, memory.inputWeight(), memory.inputGradient());
    addWeight(memory.x(), features, sums, width, width, memory.inputWeightGradient(), width);
    addWeight(before, units, sums, width, shared, recurrent, width);
    parts.add(new ColumnSums(rows, width, sums, memory.biasGradient(), machine));
    if (sizes.isGru()) {
      Floats inner = memory.inner().values();
      Floats candidate = recurrent.plus(shared);
      if (sizes.cell().hasRecurrentBias()) {
        addWeight(before, units, inner, units, units, candidate, width);
        parts.add(new ColumnSums(rows, units, inner, memory.recurrentBiasGradient(), machine));
      } else {
        addWeight(inner, units, sums.plus(shared), width, units, candidate, width);
      }
    }
  }

  /** {@code to = gradients @ transposed weight}. */
  private void addInputs(int features, int width, Floats gradients, Floats weight, Floats to) {
    Gemm product = new Gemm(ProductForm.of(rows, features, width).transposed(false, true), machine);
    parts.add(
        () ->
            product.run(
                gradients.array(),
                gradients.offset(),
                width,
                weight.array(),
                weight.offset(),
                width,
                to.array(),
                to.offset(),
                features));
  }

  /** {@code to = transposed met @ gradients}, of which there are {@code columns}. */
  private void addWeight(
      Floats met, int metWidth, Floats gradients, int step, int columns, Floats to, int toStep) {
    Gemm product =
        new Gemm(ProductForm.of(metWidth, columns, rows).transposed(true, false), machine);
    parts.add(
        () ->
            product.run(
                met.array(),
                met.offset(),
                metWidth,
                gradients.array(),
                gradients.offset(),
                step,
                to.array(),
                to.offset(),
                toStep));
  }

  void run() {
    for (int i = 0; i < parts.size(); i++) {
      parts.get(i).run();
    }
  }
}
