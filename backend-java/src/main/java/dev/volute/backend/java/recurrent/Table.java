package dev.volute.backend.java.recurrent;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Ints;
import dev.volute.spi.IndexRangeException;
import dev.volute.spi.Operands;

/**
 * A table whose rows are the inputs of steps.
 *
 * @param values {@code [rows, features]}
 * @param ids which row stands at a step: {@code [batch, time]}
 */
record Table(Floats values, Ints ids, int rows, int features, int batch, int time) {
  static Table of(Sizes sizes, Operands operands) {
    return new Table(
        Floats.of(operands.input(0)),
        Ints.of(operands.input(1)),
        sizes.table(),
        sizes.features(),
        sizes.batch(),
        sizes.time());
  }

  int id(int row, int t) {
    return ids.array()[ids.offset() + row * time + t];
  }

  /**
   * @throws IndexRangeException if an id is not that of a row
   */
  void check() {
    for (int i = 0; i < batch * time; i++) {
      int id = ids.array()[ids.offset() + i];
      if (id < 0 || id >= rows) {
        throw new IndexRangeException(i, id, rows);
      }
    }
  }
}
