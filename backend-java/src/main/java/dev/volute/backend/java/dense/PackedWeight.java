package dev.volute.backend.java.dense;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.PackedMemory;
import dev.volute.spi.Operands;

/**
 * Where columns of a weight are, as their factor reads them.
 *
 * @param ready whether they were there when the kernel was bound; otherwise each run packs them
 */
public record PackedWeight(Floats values, boolean ready) implements AutoCloseable {
  /**
   * Columns of a constant, packed once for all kernels of its model.
   *
   * @param input which input they are from
   * @param first the first of them
   */
  public static PackedWeight constant(
      Operands operands, int input, int first, Factor factor, PackedMemory memory) {
    String form = "columns %d to %d in panels of %d";
    return operands.packed(
        input,
        PackedWeight.class,
        form.formatted(first, first + factor.columns(), factor.columnUnit()),
        () -> {
          Floats values = memory.allocate(factor.length());
          Floats weight = Floats.of(operands.input(input)).plus(first);
          factor.pack(weight, 0, factor.columns(), values);
          return new PackedWeight(values, true);
        });
  }

  @Override
  public void close() {}
}
