package dev.volute.conformance.reference;

import dev.volute.tensor.Shape;
import dev.volute.tensor.View;

/** Where views place their elements. */
public final class ViewPlaces {
  private ViewPlaces() {}

  /** The place in memory of each element, in row-major order. */
  public static int[] of(View view) {
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
}
