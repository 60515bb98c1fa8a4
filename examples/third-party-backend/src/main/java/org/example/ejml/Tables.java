package org.example.ejml;

import dev.volute.graph.RandomUniform;
import dev.volute.random.Philox;
import dev.volute.spi.IndexRangeException;
import dev.volute.spi.Kernel;
import dev.volute.spi.Operand;
import dev.volute.spi.Operands;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;

/** Rows by number, and numbers by chance. */
final class Tables {
  private Tables() {}

  static Kernel gather(Operands operands) {
    Operand table = operands.input(0);
    return rows(table, operands.input(1), operands.output(0), (row, y) -> y.write(row.read()));
  }

  static Kernel scatterAdd(Operands operands) {
    Operand sums = operands.output(0);
    Cursor y = new Cursor(sums);
    Kernel add = rows(sums, operands.input(0), operands.input(1), (row, x) -> row.add(x.read()));
    return () -> {
      for (long i = 0; i < y.elements; i++) {
        y.write(0);
      }
      add.run();
    };
  }

  /** Walks through {@code others} and, beside each row, the table's row that its index names. */
  private static Kernel rows(
      Operand table, Operand indices, Operand others, BiConsumer<Cursor, Cursor> step) {
    int bound = table.view().shape().dim(0);
    int stride = (int) table.view().stride(0);
    Cursor row = new Cursor(table, IntStream.range(1, table.view().shape().rank()).toArray());
    Cursor numbers = new Cursor(indices);
    Cursor other = new Cursor(others);
    return () -> {
      // A bad index may have stopped the last run half-way.
      numbers.restart(0);
      other.restart(0);
      for (long i = 0; i < numbers.elements; i++) {
        int index = (int) numbers.read();
        if (index < 0 || index >= bound) {
          throw new IndexRangeException(i, index, bound);
        }
        row.restart(index * stride);
        for (long j = 0; j < row.elements; j++) {
          step.accept(row, other);
        }
      }
    };
  }

  static Kernel random(RandomUniform op, Operands operands) {
    Cursor key = new Cursor(operands.input(0));
    Cursor y = new Cursor(operands.output(0));
    return () -> {
      long seed = (int) key.read() & 0xFFFFFFFFL | (long) key.read() << 32;
      Philox random = new Philox(seed, op.stream(), (int) key.read());
      for (long i = 0; i < y.elements; i++) {
        y.write(random.uniform(i));
      }
    };
  }
}
