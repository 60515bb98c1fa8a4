package dev.volute.conformance.op;

import dev.volute.conformance.reference.ViewPlaces;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import dev.volute.tensor.TensorType;
import dev.volute.tensor.View;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * A piece of memory around an operand, with guard zones on both sides.
 *
 * @param storage what lies there before the op runs
 * @param view where the operand's elements are in it
 */
record Slot(Tensor storage, View view) {
  /** Least width of a guard zone, in elements: more than the widest vector and any unrolling. */
  static final int GUARD = 64;

  /** What outputs hold before: as a number of single precision, a NaN that no operation makes. */
  private static final int DIRT = 0x7FC5A5A5;

  private static final long WIDE_DIRT = 0x7FF8A5A5A5A5A5A5L;

  /** A slot whose places outside the view hold what no computation should meet. */
  private static Slot of(DType dtype, View bare, SplittableRandom random, double outside) {
    int before = GUARD + random.nextInt(8);
    View view = bare.shifted(before);
    int end = Arrays.stream(ViewPlaces.of(view)).max().orElse(before) + 1;
    int length = end + GUARD + random.nextInt(8);
    Tensor storage = Tensor.zeros(new TensorType(dtype, Shape.of(length)));
    for (int i = 0; i < length; i++) {
      set(storage, i, outside);
    }
    return new Slot(storage, view);
  }

  /** A slot for an input: outside its view there are NaN and wild indices. */
  static Slot input(Values values, Layout layout, Shape shape, SplittableRandom random) {
    View view = layout.view(shape, random);
    DType dtype = values.dtype();
    Slot slot = of(dtype, view, random, dtype.isFloating() ? Double.NaN : 0x7FFF1234);
    slot.fill(values.make((int) shape.elements(), random));
    return slot;
  }

  /** A slot for an output, outside of whose view each place holds a number of its own. */
  static Slot output(TensorType type, Layout layout, SplittableRandom random) {
    Slot slot = of(type.dtype(), layout.view(type.shape(), random), random, 0);
    for (int i = 0; i < slot.storage.length(); i++) {
      set(slot.storage, i, 1000 + i % 997);
    }
    for (int place : slot.places()) {
      soil(slot.storage, place);
    }
    return slot;
  }

  /** A slot for scratch memory: dense, full of NaN. */
  static Slot scratch(TensorType type, SplittableRandom random) {
    return output(type, Layout.DENSE, random);
  }

  /** Stores elements, row-major, where the view places them. */
  void fill(double[] values) {
    int[] places = places();
    for (int i = 0; i < places.length; i++) {
      set(storage, places[i], values[i]);
    }
  }

  /** The same place with other numbers in it; whole numbers stay. */
  Slot scaled() {
    if (!storage.dtype().isFloating()) {
      return this;
    }
    Tensor other = Tensor.zeros(storage.type());
    for (int i = 0; i < other.length(); i++) {
      set(other, i, 0.75 * storage.get(i));
    }
    return new Slot(other, view);
  }

  int[] places() {
    return ViewPlaces.of(view);
  }

  /** The elements of the view, row-major, in a storage laid out like this one. */
  double[] elements(Tensor of) {
    return Arrays.stream(places()).mapToDouble(of::get).toArray();
  }

  double[] elements() {
    return elements(storage);
  }

  TensorType type() {
    return new TensorType(storage.dtype(), view.shape());
  }

  /** Whether two tensors hold the same bits at a place. */
  static boolean same(Tensor a, Tensor b, int place) {
    return switch (a.dtype()) {
      case F32 ->
          Float.floatToRawIntBits(a.floats()[place]) == Float.floatToRawIntBits(b.floats()[place]);
      case F64 ->
          Double.doubleToRawLongBits(a.doubles()[place])
              == Double.doubleToRawLongBits(b.doubles()[place]);
      case I32 -> a.ints()[place] == b.ints()[place];
    };
  }

  /** Whether an output's element still is as {@link #output} left it. */
  static boolean isDirt(Tensor tensor, int place) {
    return switch (tensor.dtype()) {
      case F32 -> Float.floatToRawIntBits(tensor.floats()[place]) == DIRT;
      case F64 -> Double.doubleToRawLongBits(tensor.doubles()[place]) == WIDE_DIRT;
      case I32 -> tensor.ints()[place] == DIRT;
    };
  }

  private static void soil(Tensor tensor, int place) {
    switch (tensor.dtype()) {
      case F32 -> tensor.floats()[place] = Float.intBitsToFloat(DIRT);
      case F64 -> tensor.doubles()[place] = Double.longBitsToDouble(WIDE_DIRT);
      case I32 -> tensor.ints()[place] = DIRT;
    }
  }

  private static void set(Tensor tensor, int i, double value) {
    switch (tensor.dtype()) {
      case F32 -> tensor.floats()[i] = (float) value;
      case F64 -> tensor.doubles()[i] = value;
      case I32 -> tensor.ints()[i] = (int) value;
    }
  }
}
