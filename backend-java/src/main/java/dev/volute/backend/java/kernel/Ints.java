package dev.volute.backend.java.kernel;

import dev.volute.spi.BackendException;
import dev.volute.spi.Operand;
import dev.volute.tensor.MemoryFormat;

/** Where an operand of I32 without gaps begins. */
public record Ints(int[] array, int offset) {
  /**
   * @throws BackendException if the operand is not row-major without gaps
   */
  public static Ints of(Operand operand) {
    return of(operand, MemoryFormat.ROW_MAJOR);
  }

  /**
   * @throws BackendException if the operand does not lie without gaps in this format
   */
  public static Ints of(Operand operand, MemoryFormat format) {
    return new Ints(JavaMemory.of(operand).ints(), Floats.start(operand, format));
  }
}
