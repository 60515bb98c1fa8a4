package dev.volute.backend.java.recurrent;

import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.recurrent.Regions.Region;

/**
 * The products and the scratch memory of a {@link Backward}.
 *
 * @param gates the product that all gates share, or all but the candidate
 * @param candidate the candidate's product, where it has one of its own
 * @param gateWeight packed for {@code gates}
 * @param candidateWeight packed for {@code candidate}
 * @param sums gradients to the sums of all gates and steps
 * @param before hidden states before all steps
 * @param inner GRU: r * h of all steps, or the gradients to the product inside the reset
 * @param reset GRU: gradient to r * h
 * @param length elements of all scratch memory
 */
record BackwardPlan(
    Sizes sizes,
    GateProduct gates,
    GateProduct candidate,
    Region gateWeight,
    Region candidateWeight,
    Region sums,
    Region before,
    Region inner,
    Region reset,
    int length) {

  static BackwardPlan of(Sizes sizes, Machine machine) {
    GateProduct gates = GateProduct.backward(sizes, 0, sizes.sharing(), machine);
    GateProduct candidate =
        GateProduct.backward(sizes, sizes.sharing(), sizes.cell().gates(), machine);
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
}
