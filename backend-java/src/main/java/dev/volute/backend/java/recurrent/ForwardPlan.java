package dev.volute.backend.java.recurrent;

import dev.volute.backend.java.dense.Factor;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.recurrent.Regions.Region;

/**
 * The factors and the scratch memory of a {@link Forward}.
 *
 * @param constant whether the weights are constant, and packed already
 * @param reserve whether there is a reserve, whose place the sums then take
 * @param gates the recurrent weight of all gates that share a product
 * @param candidate the recurrent weight of the candidate, where it has a product of its own
 * @param gateWeight for {@code gates}, packed
 * @param candidateWeight for {@code candidate}, packed
 * @param inner what the reset is multiplied with or by: {@code [batch, units]}
 * @param sums of all gates and steps, unless they take the reserve's place
 * @param length elements of all scratch memory
 */
record ForwardPlan(
    Sizes sizes,
    boolean constant,
    boolean reserve,
    Factor gates,
    Factor candidate,
    Region gateWeight,
    Region candidateWeight,
    Region inner,
    Region sums,
    int length) {
  /** Rows of all steps from which on packing the weight is worth it. */
  private static final int PACKED_ROWS = 32;

  static ForwardPlan of(Sizes sizes, boolean constant, boolean reserve, Machine machine) {
    int shared = sizes.shared();
    Factor gates = factor(sizes, shared, constant, machine);
    Factor candidate = factor(sizes, sizes.width() - shared, constant, machine);
    Regions regions = new Regions();
    return new ForwardPlan(
        sizes,
        constant,
        reserve,
        gates,
        candidate,
        regions.take(constant ? 0 : gates.length()),
        regions.take(constant ? 0 : candidate.length()),
        regions.take(sizes.isGru() ? sizes.state() : 0),
        regions.take(reserve ? 0 : sizes.rows() * sizes.width()),
        regions.length());
  }

  private static Factor factor(Sizes sizes, int columns, boolean constant, Machine machine) {
    boolean packed = constant || sizes.rows() >= PACKED_ROWS;
    return new Factor(sizes.batch(), sizes.units(), columns, sizes.width(), 1, packed, machine);
  }
}
