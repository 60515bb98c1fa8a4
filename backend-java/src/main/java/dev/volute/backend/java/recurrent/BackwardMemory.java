package dev.volute.backend.java.recurrent;

import dev.volute.backend.java.dense.PackedWeight;
import dev.volute.backend.java.dense.TransposedFactor;
import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.recurrent.Regions.Region;
import dev.volute.backend.java.recurrent.StepRows.Before;
import dev.volute.backend.java.recurrent.StepRows.Same;
import dev.volute.backend.java.recurrent.StepRows.Sequence;
import dev.volute.backend.java.recurrent.StepRows.Slices;
import dev.volute.spi.Operands;

/** Where the values of a {@link Backward} are. */
final class BackwardMemory {
  private final BackwardPlan plan;
  private final Sizes sizes;
  private final Operands operands;
  private final Machine machine;
  private final Floats scratch;
  private final int afterForward;

  BackwardMemory(BackwardPlan plan, Operands operands, Machine machine) {
    this.plan = plan;
    this.operands = operands;
    this.machine = machine;
    sizes = plan.sizes();
    scratch = operands.scratch().map(Floats::of).orElseGet(() -> new Floats(new float[0], 0));
    afterForward = sizes.kept() + (sizes.cell().reserve() > 0 ? 2 : 1);
  }

  Sequence x() {
    return steps(input(0), sizes.features());
  }

  Table table() {
    return Table.of(sizes, operands);
  }

  Floats tableGradient() {
    return output(0);
  }

  /** Gradients to the gates' sums of each row of a table: {@code [table, width]}. */
  Floats tableSums() {
    return plan.tableSums().of(scratch);
  }

  TransposedFactor metTable() {
    return new TransposedFactor(
        sizes.features(), sizes.table(), plan.metInputs().of(scratch), machine);
  }

  Floats inputWeight() {
    return input(sizes.weights());
  }

  Floats recurrentWeight() {
    return input(sizes.weights() + 1);
  }

  Sequence y() {
    return steps(input(sizes.kept()), sizes.units());
  }

  Sequence reserve() {
    return steps(input(sizes.kept() + 1), sizes.cell().reserve() * sizes.units());
  }

  /** Hidden states before each step. */
  Before hidden() {
    return new Before(new Same(input(sizes.states()), sizes.units()), y());
  }

  /** The LSTM's cell states before each step. */
  Before cells() {
    return new Before(
        new Same(input(sizes.states() + 1), sizes.units()), reserve().from(4 * sizes.units()));
  }

  /** Gradients to the hidden states as outputs. */
  Sequence gradients() {
    return steps(input(afterForward), sizes.units());
  }

  Floats lastHiddenGradient() {
    return input(afterForward + 1);
  }

  Floats lastCellGradient() {
    return input(afterForward + 2);
  }

  Sequence inputGradient() {
    return steps(output(0), sizes.features());
  }

  /** Gradient to the hidden state before the present step, and in the end to the first one. */
  Same hiddenGradient() {
    return new Same(output(1), sizes.units());
  }

  /** Gradient to the cell state before the present step, and in the end to the first one. */
  Same cellGradient() {
    return new Same(output(2), sizes.units());
  }

  Floats inputWeightGradient() {
    return output(sizes.weightGradients());
  }

  Floats recurrentWeightGradient() {
    return output(sizes.weightGradients() + 1);
  }

  Floats biasGradient() {
    return output(sizes.weightGradients() + 2);
  }

  Floats recurrentBiasGradient() {
    return output(sizes.weightGradients() + 3);
  }

  PackedWeight gateWeight() {
    return new PackedWeight(plan.gateWeight().of(scratch), false);
  }

  PackedWeight candidateWeight() {
    return new PackedWeight(plan.candidateWeight().of(scratch), false);
  }

  PackedWeight packedInputWeight() {
    return new PackedWeight(plan.inputWeight().of(scratch), false);
  }

  Slices sums() {
    return slices(plan.sums(), sizes.width());
  }

  Slices inner() {
    return slices(plan.inner(), sizes.units());
  }

  TransposedFactor metInputs() {
    return met(sizes.features(), plan.metInputs());
  }

  TransposedFactor metStates() {
    return met(sizes.units(), plan.metStates());
  }

  TransposedFactor metInner() {
    return met(sizes.units(), plan.metInner());
  }

  Floats weightSums() {
    return plan.weightSums().of(scratch);
  }

  Same reset() {
    return new Same(plan.reset().of(scratch), sizes.units());
  }

  private Floats input(int index) {
    return Floats.of(operands.input(index));
  }

  private Floats output(int index) {
    return Floats.of(operands.output(index));
  }

  private Slices slices(Region region, int width) {
    return new Slices(region.of(scratch), sizes.batch(), plan.steps(), width);
  }

  private TransposedFactor met(int width, Region region) {
    return new TransposedFactor(width, plan.rows(), region.of(scratch), machine);
  }

  private Sequence steps(Floats values, int width) {
    return new Sequence(values, sizes.time(), width);
  }
}
