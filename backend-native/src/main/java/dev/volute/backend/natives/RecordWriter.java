package dev.volute.backend.natives;

import dev.volute.spi.Operand;
import dev.volute.spi.Operands;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import java.util.Arrays;
import java.util.Optional;

/**
 * Writes a call record field by field, in the order of its struct in {@code volute.h}. Without
 * operands it writes sizes only: enough to ask how much scratch memory a call wants.
 */
final class RecordWriter {
  private final Optional<Operands> operands;
  private long[] fields = new long[64];
  private int count;

  /** Begins with the header that all records share. */
  RecordWriter(int kind, Optional<Operands> operands) {
    this.operands = operands;
    add(kind, 0, 0, 0);
  }

  RecordWriter(int kind, Operands operands) {
    this(kind, Optional.of(operands));
  }

  RecordWriter add(long... values) {
    fields =
        count + values.length > fields.length
            ? Arrays.copyOf(fields, 2 * count + values.length)
            : fields;
    System.arraycopy(values, 0, fields, count, values.length);
    count += values.length;
    return this;
  }

  /** A record within this one. */
  RecordWriter add(RecordWriter other) {
    return add(Arrays.copyOf(other.fields, other.count));
  }

  RecordWriter add(boolean value) {
    return add(value ? 1L : 0L);
  }

  RecordWriter number(double value) {
    return add(Double.doubleToRawLongBits(value));
  }

  RecordWriter dims(Shape shape) {
    for (int axis = 0; axis < shape.rank(); axis++) {
      add(shape.dim(axis));
    }
    return this;
  }

  RecordWriter dtype(DType dtype) {
    return add(
        switch (dtype) {
          case F32 -> 0L;
          case F64 -> 1L;
          case I32 -> 2L;
        });
  }

  RecordWriter input(int index) {
    return add(operands.map(bound -> address(bound.input(index))).orElse(0L));
  }

  /** The input if there is one, else null. */
  RecordWriter input(boolean present, int index) {
    return present ? input(index) : nothing();
  }

  RecordWriter output(int index) {
    return add(operands.map(bound -> address(bound.output(index))).orElse(0L));
  }

  /** The output if there is one, else null. */
  RecordWriter output(boolean present, int index) {
    return present ? output(index) : nothing();
  }

  RecordWriter scratch() {
    return add(operands.flatMap(Operands::scratch).map(RecordWriter::address).orElse(0L));
  }

  /** Where the memory begins, or null if there is none. */
  RecordWriter memory(Optional<NativeMemory> memory) {
    return add(memory.map(some -> some.address(0)).orElse(0L));
  }

  /** A null pointer. */
  RecordWriter nothing() {
    return add(0L);
  }

  CallRecord finish() {
    return new CallRecord(Arrays.copyOf(fields, count));
  }

  static long address(Operand operand) {
    return ((NativeMemory) operand.memory()).address(operand.view().offset());
  }
}
