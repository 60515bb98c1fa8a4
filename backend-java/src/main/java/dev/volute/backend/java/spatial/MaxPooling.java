package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Ints;
import dev.volute.backend.java.parallel.Workers;
import dev.volute.spi.Kernel;
import java.util.Optional;

/**
 * The largest value of each window. Values are compared as integers, without branches: which value
 * is largest depends on the data, so that a processor would guess wrong.
 */
final class MaxPooling implements Kernel {
  private static final int NOTHING = ordered(Float.NEGATIVE_INFINITY);

  private static final int[] NO_PLACES = {};

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
    float[] x = image.array();
    float[] y = result.array();
    int[] at = places.isPresent() ? places.get().array() : NO_PLACES;
    int atOffset = places.isPresent() ? places.get().offset() + to : 0;
    int yOffset = result.offset() + to;
    boolean two = shape.windowHeight() == 2 && shape.windowWidth() == 2 && shape.rowsInside(row);
    int first = two ? shape.firstColumnInside() : 0;
    int end = two ? shape.endColumnInside() : 0;
    for (int j = 0; j < Math.min(first, shape.outWidth()); j++) {
      window(x, from, row, shape.column(j), y, yOffset + j, at, atOffset + j);
    }
    if (first < end) {
      int start = from + row * shape.width() + shape.column(first);
      twoByTwo(
          end - first,
          x,
          start,
          shape.width(),
          shape.across(),
          y,
          yOffset + first,
          at,
          atOffset + first);
    }
    for (int j = Math.max(first, end); j < shape.outWidth(); j++) {
      window(x, from, row, shape.column(j), y, yOffset + j, at, atOffset + j);
    }
  }

  /** A row of windows that are two by two and inside the image. */
  private static void twoByTwo(
      int n, float[] x, int xAt, int below, int step, float[] y, int yAt, int[] at, int atAt) {
    for (int j = 0; j < n; j++, xAt += step) {
      int a = ordered(x[xAt]);
      int b = ordered(x[xAt + 1]);
      int c = ordered(x[xAt + below]);
      int d = ordered(x[xAt + below + 1]);
      int best = Math.max(Math.max(a, b), Math.max(c, d));
      y[yAt + j] = value(best);
      if (at.length > 0) {
        int notA = differs(a, best);
        int notB = notA & differs(b, best);
        at[atAt + j] = notA + notB + (notB & differs(c, best));
      }
    }
  }

  private void window(
      float[] x, int xAt, int row, int column, float[] y, int yAt, int[] at, int atAt) {
    int firstColumn = Math.max(0, -column);
    int rows = Math.min(shape.windowHeight(), shape.height() - row);
    int columns = Math.min(shape.windowWidth(), shape.width() - column);
    int best = NOTHING;
    int place = 0;
    for (int i = Math.max(0, -row); i < rows; i++) {
      int line = xAt + (row + i) * shape.width() + column;
      for (int j = firstColumn; j < columns; j++) {
        int next = Math.max(best, ordered(x[line + j]));
        place += (i * shape.windowWidth() + j - place) & -differs(next, best);
        best = next;
      }
    }
    y[yAt] = value(best);
    if (at.length > 0) {
      at[atAt] = place;
    }
  }

  /** An integer for each value, ordered as they are, NaN above all; both zeros are one. */
  private static int ordered(float value) {
    int bits = Float.floatToIntBits(value + 0f);
    return bits ^ bits >> 31 & Integer.MAX_VALUE;
  }

  private static float value(int ordered) {
    return Float.intBitsToFloat(ordered ^ ordered >> 31 & Integer.MAX_VALUE);
  }

  /** 1 if the numbers differ, 0 if not. */
  private static int differs(int a, int b) {
    int bits = a ^ b;
    return (bits | -bits) >>> 31;
  }
}
