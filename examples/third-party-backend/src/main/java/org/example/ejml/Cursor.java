package org.example.ejml;

import dev.volute.spi.Operand;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Goes through an operand's elements in row-major order; after the last comes the first again. */
final class Cursor {
  final long elements;
  private final EjmlMemory memory;
  private final int start;
  private final int[] lengths;
  private final int[] strides;
  private final int[] index;
  private int place;

  Cursor(Operand operand) {
    this(operand, IntStream.range(0, operand.view().shape().rank()).toArray());
  }

  /** Goes along some of the axes, in this order, at the start of the others. */
  Cursor(Operand operand, int... axes) {
    memory = (EjmlMemory) operand.memory();
    start = (int) operand.view().offset();
    lengths = IntStream.of(axes).map(operand.view().shape()::dim).toArray();
    strides = IntStream.of(axes).map(axis -> (int) operand.view().stride(axis)).toArray();
    index = new int[axes.length];
    elements = IntStream.of(lengths).asLongStream().reduce(1, (a, b) -> a * b);
    restart(0);
  }

  /** Goes back to the first element, shifted by a number of places. */
  void restart(int shift) {
    Arrays.fill(index, 0);
    place = start + shift;
  }

  /** The present place; goes on to the next. */
  private int advance() {
    int here = place;
    for (int axis = index.length - 1; axis >= 0; axis--) {
      place += strides[axis];
      if (++index[axis] < lengths[axis]) {
        break;
      }
      place -= strides[axis] * lengths[axis];
      index[axis] = 0;
    }
    return here;
  }

  double read() {
    return memory.get(advance());
  }

  void write(double value) {
    memory.set(advance(), value);
  }

  void add(double value) {
    int here = advance();
    memory.set(here, memory.get(here) + value);
  }
}
