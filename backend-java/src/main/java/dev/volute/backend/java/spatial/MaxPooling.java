package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Ints;
import dev.volute.backend.java.parallel.Workers;
import dev.volute.spi.Kernel;
import java.util.Optional;

/**
 * The largest value of each window. A value and its place in the window are compared as one number,
 * without branches that a processor would guess wrong: the value's bits above, the place, counted
 * down so that the first of equals is largest, below.
 */
final class MaxPooling implements Kernel {
  /** Of minus infinity in the first place: what an empty window holds. */
  private static final long NOTHING = key(Float.NEGATIVE_INFINITY, 0);

  private final PoolShape shape;
  private final Floats image;
  private final Floats result;
  private final Optional<Ints> places;
  private final Workers workers;
  private final Workers.Part part = this::part;

  MaxPooling(PoolShape shape, Floats image, Floats result, Optional<Ints> places, Workers workers) {
    this.shape = shape;
    this.image = image;
    this.result = result;
    this.places = places;
    this.workers = workers;
  }

  @Override
  public void run() {
    workers.run(shape.parts(), part);
  }

  private void part(int part) {
    int end = shape.firstPlane(part + 1);
    for (int plane = shape.firstPlane(part); plane < end; plane++) {
      int from = image.offset() + plane * shape.plane();
      int to = plane * shape.outPlane();
      for (int i = 0; i < shape.outHeight(); i++, to += shape.outWidth()) {
        row(shape.row(i), from, to);
      }
    }
  }

  private void row(int row, int from, int to) {
    boolean two = shape.windowHeight() == 2 && shape.windowWidth() == 2 && shape.rowsInside(row);
    for (int j = 0; j < shape.outWidth(); j++) {
      int column = shape.column(j);
      long key =
          two && shape.columnsInside(column)
              ? twoByTwo(from + row * shape.width() + column)
              : window(row, column, from);
      result.array()[result.offset() + to + j] = value(key);
      if (places.isPresent()) {
        places.get().array()[places.get().offset() + to + j] = place(key);
      }
    }
  }

  private long twoByTwo(int at) {
    float[] x = image.array();
    int below = at + shape.width();
    long above = Math.max(key(x[at], 0), key(x[at + 1], 1));
    return Math.max(above, Math.max(key(x[below], 2), key(x[below + 1], 3)));
  }

  private long window(int row, int column, int from) {
    int firstRow = Math.max(0, -row);
    int firstColumn = Math.max(0, -column);
    int rows = Math.min(shape.windowHeight(), shape.height() - row);
    int columns = Math.min(shape.windowWidth(), shape.width() - column);
    long best = NOTHING;
    for (int i = firstRow; i < rows; i++) {
      int at = from + (row + i) * shape.width() + column;
      int place = i * shape.windowWidth();
      for (int j = firstColumn; j < columns; j++) {
        best = Math.max(best, key(image.array()[at + j], place + j));
      }
    }
    return best;
  }

  /** Ordered as the values are, NaN above all; adding zero makes both zeros one. */
  private static long key(float value, int place) {
    int bits = ordered(Float.floatToIntBits(value + 0f));
    return (long) bits << 32 | (Integer.MAX_VALUE - place);
  }

  private static float value(long key) {
    return Float.intBitsToFloat(ordered((int) (key >> 32)));
  }

  private static int place(long key) {
    return Integer.MAX_VALUE - (int) key;
  }

  /** The bits of floats as integers of the same order, and back. */
  private static int ordered(int bits) {
    return bits ^ bits >> 31 & Integer.MAX_VALUE;
  }
}
