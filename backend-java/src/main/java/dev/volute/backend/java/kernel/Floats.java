package dev.volute.backend.java.kernel;

import dev.volute.spi.BackendException;
import dev.volute.spi.Operand;
import dev.volute.tensor.MemoryFormat;

/** Where an operand of F32 without gaps begins. */
public record Floats(float[] array, int offset) {
  /**
   * @throws BackendException if the operand is not row-major without gaps
   */
  public static Floats of(Operand operand) {
    return of(operand, MemoryFormat.ROW_MAJOR);
  }

  /**
   * @throws BackendException if the operand does not lie without gaps in this format
   */
  public static Floats of(Operand operand, MemoryFormat format) {
    return new Floats(JavaMemory.of(operand).floats(), start(operand, format));
  }

  static int start(Operand operand, MemoryFormat format) {
    if (!format.holds(operand.view())) {
      throw new BackendException(
          "The operands of a composite have no gaps and the formats of its call; one is not "
              + format
              + " but "
              + operand.view());
    }
    return Math.toIntExact(operand.view().offset());
  }

  /** What begins some elements further. */
  public Floats plus(int elements) {
    return new Floats(array, offset + elements);
  }
}
