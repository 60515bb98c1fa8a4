package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.kernel.PackedMemory;
import dev.volute.spi.Operands;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Constant filters, packed once for each form that a kernel reads. */
record PackedFilters(List<Floats> products) implements AutoCloseable {
  /**
   * @param input which input the filters are
   * @param form tells apart the ways in which one constant is packed
   * @return empty if the filters are not constant
   */
  static Optional<List<Floats>> of(
      Operands operands,
      int input,
      Object form,
      List<? extends FilterPacking> packings,
      Machine machine) {
    if (!operands.input(input).constant()) {
      return Optional.empty();
    }
    Floats filters = Floats.of(operands.input(input));
    return Optional.of(
        operands
            .packed(
                input,
                PackedFilters.class,
                form,
                () -> pack(filters, packings, machine.packedMemory()))
            .products());
  }

  /** The same for filters of one product. */
  static Optional<Floats> one(
      Operands operands, int input, Object form, FilterPacking packing, Machine machine) {
    return of(operands, input, form, List.of(packing), machine).map(each -> each.get(0));
  }

  private static PackedFilters pack(
      Floats filters, List<? extends FilterPacking> packings, PackedMemory memory) {
    List<Floats> all = new ArrayList<>();
    for (FilterPacking packing : packings) {
      Floats packed = memory.allocate(packing.length());
      for (int piece = 0; piece < packing.pieces(); piece++) {
        packing.pack(piece, filters.array(), filters.offset(), packed.array(), packed.offset());
      }
      all.add(packed);
    }
    return new PackedFilters(all);
  }

  @Override
  public void close() {}
}
