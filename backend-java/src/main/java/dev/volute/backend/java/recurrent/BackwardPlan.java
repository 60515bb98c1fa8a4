package dev.volute.backend.java.recurrent;

import dev.volute.backend.java.dense.Factor;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.recurrent.Regions.Region;

/**
 * The factors and the scratch memory of a {@link Backward}.
 *
 * @param gates the transposed recurrent weight of all gates that share a product
 * @param candidate the transposed recurrent weight of the candidate, where it has its own
 * @param gateWeight for {@code gates}, packed
 * @param candidateWeight for {@code candidate}, packed
 * @param sums gradients to the sums of all gates and steps
 * @param before hidden states before all steps
 * @param inner GRU: r * h of all steps, or the gradients to the product inside the reset
 * @param reset GRU: gradient to r * h
 * @param length elements of all scratch memory
 */
record BackwardPlan(
    Sizes sizes,
    Factor gates,
    Factor candidate,
    Region gateWeight,
    Region candidateWeight,
    Region sums,
    Region before,
    Region inner,
    Region reset,
    int length) {

  static BackwardPlan of(Sizes sizes, Machine machine) {
    int shared = sizes.shared();
    Factor gates = factor(sizes, shared, machine);
    Factor candidate = factor(sizes, sizes.width() - shared, machine);
    int states = sizes.rows() * sizes.units();
    Regions regions = new Regions();
    return new BackwardPlan(
        sizes,
        gates,
        candidate,
        regions.take(gates.length()),
        regions.take(candidate.length()),
        regions.take(sizes.rows() * sizes.width()),
        regions.take(states),
        regions.take(sizes.isGru() ? states : 0),
        regions.take(sizes.isGru() ? sizes.state() : 0),
        regions.length());
  }

  private static Factor factor(Sizes sizes, int rows, Machine machine) {
    return new Factor(sizes.batch(), rows, sizes.units(), 1, sizes.width(), true, machine);
  }
}
