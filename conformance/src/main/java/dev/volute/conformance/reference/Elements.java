package dev.volute.conformance.reference;

import dev.volute.spi.Operand;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.View;

/**
 * The elements of an operand in row-major order, wherever its view places them.
 *
 * @param places where in the memory each element is
 */
record Elements(ReferenceMemory memory, Shape shape, int[] places) {
  static Elements of(Operand operand) {
    View view = operand.view();
    return new Elements((ReferenceMemory) operand.memory(), view.shape(), ViewPlaces.of(view));
  }

  /** Room for results of a kernel's own. */
  static Elements of(DType dtype, Shape shape) {
    ReferenceMemory memory = new ReferenceMemory(dtype, (int) shape.elements());
    return new Elements(memory, shape, ViewPlaces.of(View.dense(shape, 0)));
  }

  int size() {
    return places.length;
  }

  boolean isInteger() {
    return memory.dtype() == DType.I32;
  }

  double get(int i) {
    return memory.values()[places[i]];
  }

  int integer(int i) {
    return (int) get(i);
  }

  /** Stores a value; an integer element takes it truncated. */
  void set(int i, double value) {
    memory.values()[places[i]] = isInteger() ? (int) value : value;
  }

  /** Sets all elements to 0. */
  void clear() {
    for (int i = 0; i < size(); i++) {
      set(i, 0);
    }
  }

  /** Adds to an element; integers wrap around. */
  void add(int i, double value) {
    double sum = get(i) + value;
    set(i, isInteger() ? (int) (long) sum : sum);
  }
}
