package dev.volute.backend.java.recurrent;

import dev.volute.backend.java.dense.PackedProduct;
import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;

/** Products with the recurrent weight's columns of some gates, or with these transposed. */
final class GateProduct {
  private final PackedProduct product;
  private final int column;
  private final int kStep;
  private final int columnStep;

  private GateProduct(PackedProduct product, int column, int kStep, int columnStep) {
    this.product = product;
    this.column = column;
    this.kStep = kStep;
    this.columnStep = columnStep;
  }

  /** From states to sums of the gates {@code from} (inclusive) to {@code to} (exclusive). */
  static GateProduct forward(Sizes sizes, int from, int to, Machine machine) {
    int units = sizes.units();
    return new GateProduct(
        new PackedProduct(units, (to - from) * units, machine), from * units, sizes.width(), 1);
  }

  /** From gradients to such sums to gradients to states. */
  static GateProduct backward(Sizes sizes, int from, int to, Machine machine) {
    int units = sizes.units();
    return new GateProduct(
        new PackedProduct((to - from) * units, units, machine), from * units, 1, sizes.width());
  }

  /** Elements of the packed weight. */
  int length() {
    return product.length();
  }

  /** Packs a recurrent weight. */
  void pack(Floats weight, Floats packed) {
    product.pack(
        weight.array(),
        weight.offset() + column,
        kStep,
        columnStep,
        packed.array(),
        packed.offset());
  }

  /** Adds the product of m rows of a to c. */
  void add(int m, float[] a, int aAt, int aStep, Floats packed, float[] c, int cAt, int cStep) {
    product.add(m, a, aAt, aStep, packed.array(), packed.offset(), c, cAt, cStep);
  }

  /** Adds the products of m rows of states before step t to the first columns of that step. */
  void add(int m, States states, int row, int t, Floats packed, Steps to) {
    add(
        m,
        states.array(t),
        states.at(row, t),
        states.rowStep(t),
        packed,
        to.array(),
        to.at(row, t),
        to.rowStep());
  }

  /**
   * Adds the products of a batch's rows of step t, from a column on, to states {@code [batch,
   * units]}.
   */
  void add(int from, int to, Steps gradients, int column, int t, Floats packed, Floats states) {
    int units = product.columns();
    add(
        to - from,
        gradients.array(),
        gradients.at(from, t) + column,
        gradients.rowStep(),
        packed,
        states.array(),
        states.offset() + from * units,
        units);
  }
}
