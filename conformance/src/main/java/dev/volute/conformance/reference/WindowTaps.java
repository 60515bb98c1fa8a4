package dev.volute.conformance.reference;

import dev.volute.graph.composite.ConvolutionGeometry;
import dev.volute.graph.composite.PoolGeometry;
import dev.volute.tensor.Shape;
import java.util.Collections;
import java.util.List;

/**
 * Which cells of an image's plane a sliding window meets.
 *
 * @param places for each position of the window and each of its cells, both counted row-major, the
 *     place in the plane; {@link #PADDING} outside it
 */
record WindowTaps(int[][] places) {
  /** Stands for a cell of the padding. */
  static final int PADDING = -1;

  /**
   * @param image {@code [batch, channels, spatial...]}
   * @param filter {@code [filters, channels / groups, kernel...]}
   */
  static WindowTaps of(ConvolutionGeometry geometry, Shape image, Shape filter) {
    return of(
        image.slice(2, image.rank()),
        filter.slice(2, filter.rank()),
        geometry.output(image, filter),
        geometry.strides(),
        geometry.padBefore(),
        geometry.dilations());
  }

  static WindowTaps of(PoolGeometry geometry, Shape image) {
    return of(
        image.slice(2, image.rank()),
        Shape.of(geometry.window().stream().mapToInt(length -> length).toArray()),
        geometry.output(image),
        geometry.strides(),
        geometry.padBefore(),
        Collections.nCopies(geometry.axes(), 1));
  }

  private static WindowTaps of(
      Shape plane,
      Shape window,
      Shape result,
      List<Integer> strides,
      List<Integer> padBefore,
      List<Integer> dilations) {
    Shape positions = result.slice(2, result.rank());
    int[][] places = new int[(int) positions.elements()][(int) window.elements()];
    for (int p = 0; p < places.length; p++) {
      for (int k = 0; k < places[p].length; k++) {
        int place = 0;
        for (int axis = 0; axis < plane.rank(); axis++) {
          int at =
              index(positions, p, axis) * strides.get(axis)
                  - padBefore.get(axis)
                  + index(window, k, axis) * dilations.get(axis);
          if (at < 0 || at >= plane.dim(axis)) {
            place = PADDING;
            break;
          }
          place = place * plane.dim(axis) + at;
        }
        places[p][k] = place;
      }
    }
    return new WindowTaps(places);
  }

  /** The index along one axis of element {@code place}, counted row-major. */
  private static int index(Shape shape, int place, int axis) {
    int rest = place;
    for (int inner = shape.rank() - 1; inner > axis; inner--) {
      rest /= shape.dim(inner);
    }
    return rest % shape.dim(axis);
  }

  int positions() {
    return places.length;
  }

  /** The places that the window's cells meet at one position. */
  int[] at(int position) {
    return places[position];
  }
}
