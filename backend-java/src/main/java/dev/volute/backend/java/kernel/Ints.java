package dev.volute.backend.java.kernel;

import dev.volute.spi.BackendException;
import dev.volute.spi.Operand;

/** Where a dense operand of I32 begins. */
public record Ints(int[] array, int offset) {
  /**
   * @throws BackendException if the operand is not dense
   */
  public static Ints of(Operand operand) {
    if (!operand.view().isDense()) {
      throw new BackendException("The operands of a composite are dense; one is " + operand.view());
    }
    return new Ints(JavaMemory.of(operand).ints(), Math.toIntExact(operand.view().offset()));
  }
}
