package dev.volute.backend.java.kernel;

import dev.volute.spi.BackendException;
import dev.volute.spi.Operand;

/** Where a dense operand of F32 begins. */
public record Floats(float[] array, int offset) {
  /**
   * @throws BackendException if the operand is not dense
   */
  public static Floats of(Operand operand) {
    if (!operand.view().isDense()) {
      throw new BackendException("The operands of a composite are dense; one is " + operand.view());
    }
    return new Floats(JavaMemory.of(operand).floats(), Math.toIntExact(operand.view().offset()));
  }

  /** What begins some elements further. */
  public Floats plus(int elements) {
    return new Floats(array, offset + elements);
  }
}
