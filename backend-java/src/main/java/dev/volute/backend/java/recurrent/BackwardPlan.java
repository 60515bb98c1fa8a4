package dev.volute.backend.java.recurrent;

import dev.volute.backend.java.dense.Factor;
import dev.volute.backend.java.dense.TransposedFactor;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.recurrent.Regions.Region;

/**
 * The factors and the scratch memory of a {@link Backward}, which takes some steps at a time: what
 * they leave for the gradients to inputs and weights is then still near.
 *
 * @param steps of a chunk
 * @param gates the transposed recurrent weight of all gates that share a product
 * @param candidate the transposed recurrent weight of the candidate, where it has its own
 * @param inputs the transposed input weight
 * @param gateWeight for {@code gates}, packed
 * @param candidateWeight for {@code candidate}, packed
 * @param inputWeight for {@code inputs}, packed
 * @param sums gradients to the sums of all gates
 * @param inner GRU: r * h, or the gradients to the product inside the reset
 * @param tableSums gradients to the sums of all gates, summed by the row of a table
 * @param metInputs the inputs, or the table, as a factor of the gradients to the weights
 * @param metStates the hidden states before each step, likewise
 * @param metInner {@code inner}, likewise
 * @param weightSums what the weights' gradients have come to
 * @param reset GRU: gradient to r * h
 * @param length elements of all scratch memory
 */
record BackwardPlan(
    Sizes sizes,
    int steps,
    Factor gates,
    Factor candidate,
    Factor inputs,
    Region gateWeight,
    Region candidateWeight,
    Region inputWeight,
    Region sums,
    Region inner,
    Region tableSums,
    Region metInputs,
    Region metStates,
    Region metInner,
    Region weightSums,
    Region reset,
    int length) {
  /** Rows of a chunk: panels of so many leave the first cache room for what they are met by. */
  private static final int ROWS = 192;

  /** Rows of a chunk where each passes over weights that no near cache holds. */
  private static final int FEW_PASSES_ROWS = 384;

  /** Elements of weights that a near cache holds: 4 MiB. */
  private static final long NEAR = 1 << 20;

  static BackwardPlan of(Sizes sizes, Machine machine) {
    int shared = sizes.shared();
    int units = sizes.units();
    long weights = (long) (sizes.features() + units) * sizes.width();
    int steps = sizes.steps(weights > NEAR ? FEW_PASSES_ROWS : ROWS);
    int rows = steps * sizes.batch();
    Factor gates = factor(sizes, sizes.batch(), shared, units, machine);
    Factor candidate = factor(sizes, sizes.batch(), sizes.width() - shared, units, machine);
    Factor inputs =
        factor(
            sizes,
            sizes.isOverTable() ? sizes.table() : WeightStage.ROWS,
            sizes.width(),
            sizes.features(),
            machine);
    int met = TransposedFactor.length(units, rows, machine);
    boolean meetsInner = sizes.isGru() && !sizes.cell().hasRecurrentBias();
    Regions regions = new Regions();
    return new BackwardPlan(
        sizes,
        steps,
        gates,
        candidate,
        inputs,
        regions.take(gates.length()),
        regions.take(candidate.length()),
        regions.take(inputs.length()),
        regions.take(rows * sizes.width()),
        regions.take(sizes.isGru() ? rows * units : 0),
        regions.take(sizes.table() * sizes.width()),
        regions.take(
            TransposedFactor.length(
                sizes.features(), sizes.isOverTable() ? sizes.table() : rows, machine)),
        regions.take(met),
        regions.take(meetsInner ? met : 0),
        regions.take(ParameterGradients.length(sizes, machine)),
        regions.take(sizes.isGru() ? sizes.state() : 0),
        regions.length());
  }

  private static Factor factor(Sizes sizes, int rows, int k, int n, Machine machine) {
    return new Factor(rows, k, n, 1, sizes.width(), true, machine);
  }

  /** Rows of a chunk. */
  int rows() {
    return steps * sizes.batch();
  }
}
