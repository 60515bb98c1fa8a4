package dev.volute.backend.java.recurrent;

import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.recurrent.Regions.Region;

/**
 * The products and the scratch memory of a {@link Forward}.
 *
 * @param reserve whether there is a reserve, whose place the sums then take
 * @param gates the product that all gates share, or all but the candidate
 * @param candidate the candidate's product, where it has one of its own
 * @param gateWeight packed for {@code gates}
 * @param candidateWeight packed for {@code candidate}
 * @param inner what the reset is multiplied with or by: {@code [batch, units]}
 * @param sums of all gates and steps, unless they take the reserve's place
 * @param length elements of all scratch memory
 */
record ForwardPlan(
    Sizes sizes,
    boolean reserve,
    GateProduct gates,
    GateProduct candidate,
    Region gateWeight,
    Region candidateWeight,
    Region inner,
    Region sums,
    int length) {

  static ForwardPlan of(Sizes sizes, boolean reserve, Machine machine) {
    GateProduct gates = GateProduct.forward(sizes, 0, sizes.sharing(), machine);
    GateProduct candidate =
        GateProduct.forward(sizes, sizes.sharing(), sizes.cell().gates(), machine);
    Regions regions = new Regions();
    return new ForwardPlan(
        sizes,
        reserve,
        gates,
        candidate,
        regions.take(gates.length()),
        regions.take(candidate.length()),
        regions.take(sizes.isGru() ? sizes.state() : 0),
        regions.take(reserve ? 0 : sizes.rows() * sizes.width()),
        regions.length());
  }
}
