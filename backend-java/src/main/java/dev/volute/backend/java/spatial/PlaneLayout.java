package dev.volute.backend.java.spatial;

import dev.volute.backend.java.simd.RunCopies;
import java.util.Arrays;

/**
 * How a channel of an image is laid out for a kernel that slides over it: with zeros around it, or
 * another value, and dealt out to one plane for each phase of the kernel's cells, so that the
 * elements that one cell meets as the kernel moves along a row lie side by side.
 *
 * @param height rows of the image
 * @param width columns of the image
 * @param top rows of zeros before the image; negative if rows are left out
 * @param left columns of zeros before the image; negative if columns are left out
 * @param vertical phases of rows
 * @param horizontal phases of columns
 * @param rows of each plane
 * @param columns of each plane
 * @param outside what lies around the image: zero, or less than any element for a maximum
 * @param step distance of planes: more than they have elements if those of other samples lie
 *     between
 */
record PlaneLayout(
    int height,
    int width,
    int top,
    int left,
    Phases vertical,
    Phases horizontal,
    int rows,
    int columns,
    float outside,
    int step) {

  /** With a plane behind the other. */
  PlaneLayout(
      int height,
      int width,
      int top,
      int left,
      Phases vertical,
      Phases horizontal,
      int rows,
      int columns,
      float outside) {
    this(height, width, top, left, vertical, horizontal, rows, columns, outside, rows * columns);
  }

  /** The layout in one plane. */
  static PlaneLayout single(int height, int width, int top, int left, int rows, int columns) {
    return new PlaneLayout(height, width, top, left, Phases.ONE, Phases.ONE, rows, columns, 0f);
  }

  /** Elements of all planes of a channel. */
  int length() {
    return planes() * step;
  }

  /** Elements of a plane. */
  int plane() {
    return rows * columns;
  }

  /** Whether a plane is followed by that of the next sample. */
  boolean isJoint() {
    return step > plane();
  }

  /** Where the element at a row and a column of the padded image lies. */
  int at(int row, int column) {
    int plane = vertical.index(row) * horizontal.count() + horizontal.index(column);
    return plane * step + vertical.place(row) * columns + horizontal.place(column);
  }

  /** Whether the planes are the image itself. */
  boolean isImage() {
    return vertical.stride() == 1
        && horizontal.stride() == 1
        && planes() == 1
        && step == plane()
        && top == 0
        && left == 0
        && rows == height
        && columns == width;
  }

  /**
   * Where in a channel its planes begin, if they are parts of the image without what lies around
   * it; none otherwise.
   */
  int[] origins() {
    int[] origins = new int[planes()];
    boolean whole = horizontal.stride() == 1;
    for (int plane = 0; plane < planes(); plane++) {
      int row = rowShift(plane);
      int column = columnShift(plane);
      whole &= row >= 0 && row + (rows - 1) * vertical.stride() < height;
      whole &= column >= 0 && column + columns <= width;
      origins[plane] = row * width + column;
    }
    return whole ? origins : new int[0];
  }

  /** Lays out channels that lie behind one another. */
  void fill(
      int channels, float[] image, int imageAt, float[] planes, int planesAt, RunCopies copies) {
    if (isImage()) {
      System.arraycopy(image, imageAt, planes, planesAt, channels * length());
      return;
    }
    for (int plane = 0; plane < channels * planes(); plane++) {
      int from = imageAt + plane / planes() * height * width;
      fillPlane(rowShift(plane), columnShift(plane), image, from, planes, planesAt, copies);
      planesAt += step;
    }
  }

  /** The other way: the image from its planes; zeros where these have no element of it. */
  void collect(int channels, float[] image, int imageAt, float[] planes, int planesAt) {
    Arrays.fill(image, imageAt, imageAt + channels * height * width, 0f);
    for (int plane = 0; plane < channels * planes(); plane++) {
      int to = imageAt + plane / planes() * height * width;
      collectPlane(rowShift(plane), columnShift(plane), image, to, planes, planesAt);
      planesAt += step;
    }
  }

  private int planes() {
    return vertical.count() * horizontal.count();
  }

  /** The row of the image that lies in a plane's first row. */
  private int rowShift(int plane) {
    return vertical.phase(plane / horizontal.count() % vertical.count()) - top;
  }

  /** The column of the image that lies in a plane's first column. */
  private int columnShift(int plane) {
    return horizontal.phase(plane % horizontal.count()) - left;
  }

  private void fillPlane(
      int rowShift,
      int columnShift,
      float[] image,
      int imageAt,
      float[] plane,
      int planeAt,
      RunCopies copies) {
    int down = vertical.stride();
    int across = horizontal.stride();
    int first = first(columnShift, across);
    int count = end(columnShift, across, width, columns) - first;
    int firstRow = first(rowShift, down);
    int lastRow = end(rowShift, down, height, rows);
    int end = planeAt + rows * columns;
    if (count <= 0 || firstRow >= lastRow) {
      Arrays.fill(plane, planeAt, end, outside);
      return;
    }
    int to = planeAt + firstRow * columns + first;
    Arrays.fill(plane, planeAt, to, outside);
    for (int row = firstRow; row < lastRow; row++) {
      int from = imageAt + (row * down + rowShift) * width + first * across + columnShift;
      if (across == 2) {
        copies.everySecond(count, image, from, plane, to);
      } else {
        copy(count, image, from, across, plane, to, 1);
      }
      // What lies behind a row and before the next is one run.
      for (int gap = to + count; gap < to + columns && gap < end; gap++) {
        plane[gap] = outside;
      }
      to += columns;
    }
    if (to < end) {
      Arrays.fill(plane, to, end, outside);
    }
  }

  private void collectPlane(
      int rowShift, int columnShift, float[] image, int imageAt, float[] plane, int planeAt) {
    int down = vertical.stride();
    int across = horizontal.stride();
    int first = first(columnShift, across);
    int count = end(columnShift, across, width, columns) - first;
    int lastRow = end(rowShift, down, height, rows);
    for (int row = first(rowShift, down); row < lastRow && count > 0; row++) {
      int to = imageAt + (row * down + rowShift) * width + first * across + columnShift;
      copy(count, plane, planeAt + row * columns + first, 1, image, to, across);
    }
  }

  private static void copy(
      int n, float[] from, int fromAt, int fromStep, float[] to, int toAt, int toStep) {
    if (fromStep == 1 && toStep == 1) {
      System.arraycopy(from, fromAt, to, toAt, n);
    } else {
      for (int i = 0; i < n; i++) {
        to[toAt + i * toStep] = from[fromAt + i * fromStep];
      }
    }
  }

  /** The first index whose place in the image is not before it. */
  private static int first(int shift, int stride) {
    return Math.max(0, Math.floorDiv(-shift + stride - 1, stride));
  }

  /** The index behind the last whose place is inside the image. */
  private static int end(int shift, int stride, int length, int count) {
    return Math.min(count, Math.floorDiv(length - 1 - shift, stride) + 1);
  }
}
