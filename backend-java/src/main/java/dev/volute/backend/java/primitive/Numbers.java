package dev.volute.backend.java.primitive;

import dev.volute.backend.java.kernel.JavaMemory;
import dev.volute.spi.Operand;

/** The elements of an array of any type as doubles, which hold each of them exactly. */
interface Numbers {
  double get(int at);

  /** Stores a number: F32 rounds, I32 truncates. */
  void set(int at, double value);

  /** Adds to an element; I32 wraps around. */
  void add(int at, double value);

  static Numbers of(Operand operand) {
    JavaMemory memory = JavaMemory.of(operand);
    return switch (memory.dtype()) {
      case F32 -> new OfFloats(memory.floats());
      case F64 -> new OfDoubles(memory.doubles());
      case I32 -> new OfInts(memory.ints());
    };
  }

  /** Elements of F32. */
  record OfFloats(float[] array) implements Numbers {
    @Override
    public double get(int at) {
      return array[at];
    }

    @Override
    public void set(int at, double value) {
      array[at] = (float) value;
    }

    @Override
    public void add(int at, double value) {
      array[at] += (float) value;
    }
  }

  /** Elements of F64. */
  record OfDoubles(double[] array) implements Numbers {
    @Override
    public double get(int at) {
      return array[at];
    }

    @Override
    public void set(int at, double value) {
      array[at] = value;
    }

    @Override
    public void add(int at, double value) {
      array[at] += value;
    }
  }

  /** Elements of I32. */
  record OfInts(int[] array) implements Numbers {
    @Override
    public double get(int at) {
      return array[at];
    }

    @Override
    public void set(int at, double value) {
      array[at] = (int) value;
    }

    @Override
    public void add(int at, double value) {
      array[at] += (int) (long) value;
    }
  }
}
