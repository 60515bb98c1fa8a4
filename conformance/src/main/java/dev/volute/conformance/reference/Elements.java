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
    return new Elements((ReferenceMemory) operand.memory(), view.shape(), places(view));
  }

  /** Where a view places its elements, in row-major order. */
  static int[] places(View view) {
    Shape shape = view.shape();
    int[] places = new int[(int) shape.elements()];
    int[] index = new int[shape.rank()];
    for (int i = 0; i < places.length; i++) {
      long place = view.offset();
      for (int axis = 0; axis < index.length; axis++) {
        place += index[axis] * view.stride(axis);
      }
      places[i] = Math.toIntExact(place);
      for (int axis = index.length - 1; axis >= 0; axis--) {
        index[axis]++;
        if (index[axis] < shape.dim(axis)) {
          break;
        }
        index[axis] = 0;
      }
    }
    return places;
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
