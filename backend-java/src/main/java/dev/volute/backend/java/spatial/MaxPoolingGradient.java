package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Ints;
import dev.volute.backend.java.parallel.Workers;
import dev.volute.spi.Kernel;
import java.util.Arrays;

/** Adds the gradient of each window to the place of its largest value. */
final class MaxPoolingGradient implements Kernel {
  private final PoolShape shape;
  private final Ints places;
  private final Floats gradient;
  private final Floats result;
  private final Workers workers;
  private final Workers.Part part = this::part;

  /** For each place in a window, its distance from the window's first. */
  private final int[] distances;

  MaxPoolingGradient(
      PoolShape shape, Ints places, Floats gradient, Floats result, Workers workers) {
    this.shape = shape;
    this.places = places;
    this.gradient = gradient;
    this.result = result;
    this.workers = workers;
    distances = new int[shape.cells()];
    Arrays.setAll(
        distances,
        place -> place / shape.windowWidth() * shape.width() + place % shape.windowWidth());
  }

  @Override
  public void run() {
    workers.run(shape.parts(), part);
  }

  private void part(int part) {
    int end = shape.firstPlane(part + 1);
    for (int plane = shape.firstPlane(part); plane < end; plane++) {
      int to = result.offset() + plane * shape.plane();
      Arrays.fill(result.array(), to, to + shape.plane(), 0f);
      int from = plane * shape.outPlane();
      for (int i = 0; i < shape.outHeight(); i++, from += shape.outWidth()) {
        row(shape.row(i), from, to);
      }
    }
  }

  private void row(int row, int from, int to) {
    float[] sums = result.array();
    boolean inside = shape.rowsInside(row);
    for (int j = 0; j < shape.outWidth(); j++) {
      int column = shape.column(j);
      int place = places.array()[places.offset() + from + j];
      boolean whole = inside && shape.columnsInside(column);
      if (place >= 0 && place < distances.length && (whole || hits(row, column, place))) {
        sums[to + row * shape.width() + column + distances[place]] +=
            gradient.array()[gradient.offset() + from + j];
      }
    }
  }

  /** Whether a place of a window is in the image, not in the padding. */
  private boolean hits(int row, int column, int place) {
    int y = row + place / shape.windowWidth();
    int x = column + place % shape.windowWidth();
    return y >= 0 && y < shape.height() && x >= 0 && x < shape.width();
  }
}
