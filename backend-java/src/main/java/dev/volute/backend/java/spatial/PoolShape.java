package dev.volute.backend.java.spatial;

import dev.volute.graph.composite.PoolGeometry;
import dev.volute.tensor.Shape;
import java.util.stream.IntStream;

/**
 * Windows that slide over channels, each of which is a plane.
 *
 * @param planes how many channels there are in all samples
 * @param top rows of padding
 * @param left columns of padding
 */
record PoolShape(
    int planes,
    int height,
    int width,
    int outHeight,
    int outWidth,
    int windowHeight,
    int windowWidth,
    int down,
    int across,
    int top,
    int left) {
  /** Cells that are worth a part of their own: about 20 microseconds. */
  private static final long PART_WORK = 1 << 14;

  static PoolShape of(PoolGeometry geometry, Shape image) {
    Shape output = geometry.output(image);
    return new PoolShape(
        image.dim(0) * image.dim(1),
        image.dim(2),
        image.dim(3),
        output.dim(2),
        output.dim(3),
        geometry.window().get(0),
        geometry.window().get(1),
        geometry.strides().get(0),
        geometry.strides().get(1),
        geometry.padBefore().get(0),
        geometry.padBefore().get(1));
  }

  /** Whether windows of two by two cells divide each plane among them. */
  boolean isQuads() {
    return windowHeight == 2
        && windowWidth == 2
        && down == 2
        && across == 2
        && top == 0
        && left == 0
        && height == 2 * outHeight
        && width == 2 * outWidth;
  }

  int plane() {
    return height * width;
  }

  int outPlane() {
    return outHeight * outWidth;
  }

  int cells() {
    return windowHeight * windowWidth;
  }

  int parts() {
    long work = (long) planes * outPlane() * cells();
    return (int) Math.min(planes, 1 + work / PART_WORK);
  }

  /** The first plane of a part; that of the next part is its end. */
  int firstPlane(int part) {
    return (int) ((long) planes * part / parts());
  }

  /** The row of the image at which a row of windows begins; negative in the padding. */
  int row(int window) {
    return window * down - top;
  }

  /** The column of the image at which a column of windows begins; negative in the padding. */
  int column(int window) {
    return window * across - left;
  }

  boolean rowsInside(int row) {
    return row >= 0 && row + windowHeight <= height;
  }

  boolean columnsInside(int column) {
    return column >= 0 && column + windowWidth <= width;
  }

  /**
   * How a plane is laid out for the windows to slide over it.
   *
   * @param outside what lies around the image
   */
  PlaneLayout layout(float outside) {
    return new PlaneLayout(
        height,
        width,
        top,
        left,
        Phases.of(windowHeight, 1, down),
        Phases.of(windowWidth, 1, across),
        (windowHeight - 1) / down + outHeight,
        (windowWidth - 1) / across + outWidth,
        outside);
  }

  /** Where the cells of the first window lie in a layout, row by row. */
  int[] cells(PlaneLayout layout) {
    return IntStream.range(0, cells())
        .map(cell -> layout.at(cell / windowWidth, cell % windowWidth))
        .toArray();
  }

  /** What the sum of a window that begins there is divided by. */
  int divisor(boolean countPadding, int row, int column) {
    if (countPadding) {
      return cells();
    }
    int rows = Math.min(row + windowHeight, height) - Math.max(row, 0);
    return rows * (Math.min(column + windowWidth, width) - Math.max(column, 0));
  }
}
