package dev.volute.backend.java.recurrent;

import dev.volute.backend.java.dense.Factor;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.recurrent.Regions.Region;

/**
 * The factors and the scratch memory of a {@link Forward}.
 *
 * @param constant whether the weights are constant, and packed already
 * @param reserve whether there is a reserve
 * @param steps whose sums with the inputs are computed at a time
 * @param inputs the input weight
 * @param gates the recurrent weight of all gates that share a product
 * @param candidate the recurrent weight of the candidate, where it has a product of its own
 * @param inputWeight for {@code inputs}, packed
 * @param gateWeight for {@code gates}, packed
 * @param candidateWeight for {@code candidate}, packed
 * @param inner what the reset is multiplied with or by: {@code [batch, units]}
 * @param sums of all gates of these steps
 * @param tableSums what the rows of a table give them
 * @param length elements of all scratch memory
 */
record ForwardPlan(
    Sizes sizes,
    boolean constant,
    boolean reserve,
    int steps,
    Factor inputs,
    Factor gates,
    Factor candidate,
    Region inputWeight,
    Region gateWeight,
    Region candidateWeight,
    Region inner,
    Region sums,
    Region tableSums,
    int length) {
  /** Rows of all steps from which on packing the weight is worth it. */
  private static final int PACKED_ROWS = 32;

  /** Rows that are enough for an efficient product with the input weight. */
  private static final int ROWS = 128;

  /** What lies between two rows of sums, lest the same columns of many rows share a cache set. */
  private static final int GAP = 16;

  static ForwardPlan of(Sizes sizes, boolean constant, boolean reserve, Machine machine) {
    int shared = sizes.shared();
    int steps = sizes.steps(ROWS);
    int rows = sizes.batch() * steps;
    int met = sizes.isOverTable() ? sizes.table() : rows;
    Factor inputs = factor(sizes, met, sizes.features(), sizes.width(), constant, machine);
    Factor gates = factor(sizes, sizes.batch(), sizes.units(), shared, constant, machine);
    Factor candidate =
        factor(sizes, sizes.batch(), sizes.units(), sizes.width() - shared, constant, machine);
    Regions regions = new Regions();
    return new ForwardPlan(
        sizes,
        constant,
        reserve,
        steps,
        inputs,
        gates,
        candidate,
        regions.take(constant ? 0 : inputs.length()),
        regions.take(constant ? 0 : gates.length()),
        regions.take(constant ? 0 : candidate.length()),
        regions.take(sizes.isGru() ? sizes.state() : 0),
        regions.take(rows * pitch(sizes)),
        regions.take(sizes.table() * sizes.width()),
        regions.length());
  }

  private static Factor factor(
      Sizes sizes, int rows, int depth, int columns, boolean constant, Machine machine) {
    boolean packed = constant || sizes.rows() >= PACKED_ROWS;
    return new Factor(rows, depth, columns, sizes.width(), 1, packed, machine);
  }

  private static int pitch(Sizes sizes) {
    return sizes.width() + GAP;
  }

  /** Distance of the rows of {@link #sums}. */
  int pitch() {
    return pitch(sizes);
  }
}
