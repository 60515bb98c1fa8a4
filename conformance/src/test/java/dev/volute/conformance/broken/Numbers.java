package dev.volute.conformance.broken;

import dev.volute.conformance.reference.ViewPlaces;
import dev.volute.spi.Operand;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import dev.volute.tensor.TensorType;
import java.util.Arrays;

/** Elements of operands, taken out of their memory and put back. */
final class Numbers {
  private Numbers() {}

  private static Tensor whole(Operand operand) {
    int length = (int) operand.memory().elements();
    Tensor whole = Tensor.zeros(new TensorType(operand.memory().dtype(), Shape.of(length)));
    operand.memory().read(0, whole);
    return whole;
  }

  static double[] get(Operand operand) {
    Tensor whole = whole(operand);
    return Arrays.stream(ViewPlaces.of(operand.view())).mapToDouble(whole::get).toArray();
  }

  static void set(Operand operand, double[] values) {
    int[] places = ViewPlaces.of(operand.view());
    for (int i = 0; i < places.length; i++) {
      put(operand, places[i], values[i]);
    }
  }

  /** Writes one element of the operand's memory, inside or outside its view. */
  static void put(Operand operand, long place, double value) {
    Tensor one = Tensor.of(Shape.of(1), value).cast(operand.memory().dtype());
    operand.memory().write(place, one);
  }

  /** Exchanges the first two parts of every row. */
  static double[] exchanged(double[] values, int row, int part) {
    double[] changed = values.clone();
    for (int first = 0; first < values.length; first += row) {
      for (int j = 0; j < part; j++) {
        changed[first + j] = values[first + part + j];
        changed[first + part + j] = values[first + j];
      }
    }
    return changed;
  }
}
