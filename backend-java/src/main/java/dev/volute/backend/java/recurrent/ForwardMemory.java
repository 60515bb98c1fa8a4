package dev.volute.backend.java.recurrent;

import dev.volute.backend.java.dense.Factor;
import dev.volute.backend.java.dense.PackedWeight;
import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.PackedMemory;
import dev.volute.backend.java.recurrent.Regions.Region;
import dev.volute.backend.java.recurrent.StepRows.Before;
import dev.volute.backend.java.recurrent.StepRows.Chunk;
import dev.volute.backend.java.recurrent.StepRows.Same;
import dev.volute.backend.java.recurrent.StepRows.Sequence;
import dev.volute.graph.composite.RecurrentCell;
import dev.volute.spi.Operands;

/** Where the values of a {@link Forward} are. */
final class ForwardMemory {
  private final ForwardPlan plan;
  private final Sizes sizes;
  private final Operands operands;
  private final PackedMemory packedMemory;
  private final Floats scratch;

  ForwardMemory(ForwardPlan plan, Operands operands, PackedMemory packedMemory) {
    this.plan = plan;
    this.operands = operands;
    this.packedMemory = packedMemory;
    sizes = plan.sizes();
    scratch = operands.scratch().map(Floats::of).orElseGet(() -> new Floats(new float[0], 0));
  }

  Sequence x() {
    return new Sequence(input(0), sizes.time(), sizes.features());
  }

  Table table() {
    return Table.of(sizes, operands);
  }

  /** What the rows of a table give the gates' sums: {@code [table, width]}. */
  Floats tableSums() {
    return plan.tableSums().of(scratch);
  }

  Floats firstCell() {
    return input(sizes.states() + 1);
  }

  Floats inputWeight() {
    return input(sizes.weights());
  }

  Floats recurrentWeight() {
    return input(sizes.weights() + 1);
  }

  Floats bias() {
    return input(sizes.weights() + 2);
  }

  Floats recurrentBias() {
    return input(sizes.weights() + 3);
  }

  private Floats input(int index) {
    return Floats.of(operands.input(index));
  }

  Sequence y() {
    return steps(0, sizes.units());
  }

  Floats lastHidden() {
    return Floats.of(operands.output(1));
  }

  Floats lastCell() {
    return Floats.of(operands.output(2));
  }

  /** The cell state of the present step, and in the end the last one. */
  Same cell() {
    return new Same(lastCell(), sizes.units());
  }

  /** Hidden states before each step. */
  Before hidden() {
    return new Before(new Same(input(sizes.states()), sizes.units()), y());
  }

  Sequence reserve() {
    RecurrentCell cell = sizes.cell();
    return steps(cell.hasCellState() ? 3 : 2, cell.reserve() * sizes.units());
  }

  private Sequence steps(int output, int width) {
    return new Sequence(Floats.of(operands.output(output)), sizes.time(), width);
  }

  Chunk sums() {
    return new Chunk(plan.sums().of(scratch), sizes.time(), plan.steps(), plan.pitch());
  }

  /** Where the gates take the first columns: in the reserve, or else in the place of their sums. */
  StepRows gates() {
    return plan.reserve() ? reserve() : sums();
  }

  PackedWeight packedInputWeight() {
    return weight(sizes.weights(), 0, plan.inputs(), plan.inputWeight());
  }

  PackedWeight gateWeight() {
    return weight(sizes.weights() + 1, 0, plan.gates(), plan.gateWeight());
  }

  PackedWeight candidateWeight() {
    return weight(sizes.weights() + 1, sizes.shared(), plan.candidate(), plan.candidateWeight());
  }

  private PackedWeight weight(int input, int first, Factor factor, Region region) {
    return plan.constant()
        ? PackedWeight.constant(operands, input, first, factor, packedMemory)
        : new PackedWeight(region.of(scratch), false);
  }

  Same inner() {
    return new Same(plan.inner().of(scratch), sizes.units());
  }
}
