package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.tensor.MemoryFormat;
import dev.volute.tensor.Shape;
import java.util.Arrays;

/**
 * How an image is laid out for windows or tiles to slide over it: the channels of each pixel side
 * by side, with zeros around it.
 *
 * @param shape {@code [batch, channels, height, width]}
 * @param format in which it lies before
 * @param top rows of zeros above it; negative if rows are left out
 * @param left columns of zeros before it; negative if columns are left out
 * @param rows of the image and what is around it
 * @param columns likewise
 * @param pitch distance of pixels; elements behind the last channel hold anything
 */
record PixelImage(
    Shape shape, MemoryFormat format, int top, int left, int rows, int columns, int pitch) {
  /** Elements that one part lays out. */
  private static final int PART = 1 << 14;

  /** With the channels of a pixel behind those of the one before. */
  PixelImage(Shape shape, MemoryFormat format, int top, int left, int rows, int columns) {
    this(shape, format, top, left, rows, columns, shape.dim(1));
  }

  /** The same layout of an image that lies in this format. */
  PixelImage in(MemoryFormat newFormat) {
    return new PixelImage(shape, newFormat, top, left, rows, columns, pitch);
  }

  int samples() {
    return shape.dim(0);
  }

  int channels() {
    return shape.dim(1);
  }

  int height() {
    return shape.dim(2);
  }

  int width() {
    return shape.dim(3);
  }

  /** Whether windows can slide over the image as it lies. */
  boolean isInPlace() {
    return format == MemoryFormat.CHANNELS_LAST
        && top == 0
        && left == 0
        && rows == height()
        && columns == width()
        && pitch == channels();
  }

  /** Whether pixels lie as they would be laid out, but for what is around them. */
  boolean hasWholePixels() {
    return format == MemoryFormat.CHANNELS_LAST && pitch == channels();
  }

  /** Where such a pixel lies that may be outside, {@code column} counted with what is around. */
  int place(int sample, int y, int column) {
    return ((sample * height() + y) * width() + column - left) * pitch;
  }

  /** Elements of a sample with what is around it. */
  int sampleLength() {
    return rows * columns * pitch;
  }

  /** Where a pixel of a sample begins. */
  int at(int row, int column) {
    return (row * columns + column) * pitch;
  }

  private int rowsOfPart() {
    return Math.max(1, PART / Math.max(1, columns * pitch));
  }

  /** In how many parts a sample is laid out. */
  int parts() {
    return (rows + rowsOfPart() - 1) / rowsOfPart();
  }

  /** Lays out one part of a sample, which begins at {@code toAt}. */
  void fillPart(int sample, int part, Floats image, float[] to, int toAt) {
    int first = part * rowsOfPart();
    fillRows(sample, first, Math.min(first + rowsOfPart(), rows), image, to, toAt);
  }

  /** Lays out a sample. */
  void fill(int sample, Floats image, float[] to, int toAt) {
    fillRows(sample, 0, rows, image, to, toAt);
  }

  /** Lays out rows {@code first} to {@code end - 1} of a sample, which begins at {@code toAt}. */
  void fillRows(int sample, int first, int end, Floats image, float[] to, int toAt) {
    int begin = Math.max(0, Math.min(left, columns));
    int behind = Math.max(begin, Math.min(left + width(), columns));
    // Zeros behind one line and before the next are one run.
    int zeros = toAt + at(first, 0);
    for (int row = Math.max(first, top); row < Math.min(end, top + height()); row++) {
      int line = toAt + at(row, 0);
      int at = line + begin * pitch;
      Arrays.fill(to, zeros, at, 0f);
      zeros = line + behind * pitch;
      if (format == MemoryFormat.CHANNELS_LAST) {
        copyPixels(sample, row - top, begin - left, behind - begin, image, to, at);
      } else {
        gather(sample, row - top, begin - left, behind - begin, image, to, at);
      }
    }
    Arrays.fill(to, zeros, toAt + at(end, 0), 0f);
  }

  private void copyPixels(int sample, int y, int x, int count, Floats image, float[] to, int toAt) {
    int channels = channels();
    int from = image.offset() + ((sample * height() + y) * width() + x) * channels;
    if (pitch == channels) {
      System.arraycopy(image.array(), from, to, toAt, count * channels);
      return;
    }
    for (int i = 0; i < count; i++) {
      System.arraycopy(image.array(), from + i * channels, to, toAt + i * pitch, channels);
    }
  }

  private void gather(int sample, int y, int x, int count, Floats image, float[] to, int toAt) {
    int channels = channels();
    for (int channel = 0; channel < channels; channel++) {
      int from = image.offset() + ((sample * channels + channel) * height() + y) * width() + x;
      spread(count, image.array(), from, to, toAt + channel);
    }
  }

  private void spread(int count, float[] from, int fromAt, float[] to, int toAt) {
    for (int i = 0; i < count; i++) {
      to[toAt + i * pitch] = from[fromAt + i];
    }
  }
}
