package dev.volute.conformance.op;

import dev.volute.graph.composite.PoolGeometry;
import dev.volute.tensor.Shape;
import java.util.stream.IntStream;

/** Which cells of a pooling window lie inside the image. */
record PlaneCells(PoolGeometry geometry, Shape image) {

  /** The cells, counted row-major in the window, of result {@code i}. */
  int[] inside(int i) {
    Shape result = geometry.output(image);
    int[] position = new int[geometry.axes()];
    int rest = i;
    for (int axis = geometry.axes() - 1; axis >= 0; axis--) {
      position[axis] = rest % result.dim(axis + 2);
      rest /= result.dim(axis + 2);
    }
    return IntStream.range(0, geometry.cells()).filter(cell -> inside(position, cell)).toArray();
  }

  private boolean inside(int[] position, int cell) {
    int rest = cell;
    for (int axis = geometry.axes() - 1; axis >= 0; axis--) {
      int length = geometry.window().get(axis);
      int at =
          position[axis] * geometry.strides().get(axis)
              - geometry.padBefore().get(axis)
              + rest % length;
      if (at < 0 || at >= image.dim(axis + 2)) {
        return false;
      }
      rest /= length;
    }
    return true;
  }
}
