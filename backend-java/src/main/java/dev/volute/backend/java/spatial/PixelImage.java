package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.tensor.MemoryFormat;
import dev.volute.tensor.Shape;
import java.util.Arrays;

/**
 * An image as windows slide over it: channels last, with zeros around it.
 *
 * @param shape {@code [batch, channels, height, width]}
 * @param format in which it lies
 * @param top rows of zeros above it
 * @param left columns of zeros before it
 * @param rows of the image and what is around it
 * @param columns likewise
 */
record PixelImage(Shape shape, MemoryFormat format, int top, int left, int rows, int columns) {
  int samples() {
    return shape.dim(0);
  }

  int channels() {
    return shape.dim(1);
  }

  private int height() {
    return shape.dim(2);
  }

  private int width() {
    return shape.dim(3);
  }

  /** Whether windows can slide over the image as it lies. */
  boolean isInPlace() {
    return format == MemoryFormat.CHANNELS_LAST
        && top == 0
        && left == 0
        && rows == height()
        && columns == width();
  }

  /** Elements of a sample with what is around it. */
  int sampleLength() {
    return rows * columns * channels();
  }

  /** Where a pixel of a sample begins. */
  int at(int row, int column) {
    return (row * columns + column) * channels();
  }

  /** Lays out some rows of a sample. */
  void fill(int sample, int first, int end, Floats image, float[] to, int toAt) {
    int length = columns * channels();
    int before = Math.min(left, columns) * channels();
    int inside = Math.max(0, Math.min(width(), columns - left));
    for (int row = first; row < end; row++) {
      int at = toAt + row * length;
      int y = row - top;
      if (y < 0 || y >= height()) {
        Arrays.fill(to, at, at + length, 0f);
        continue;
      }
      Arrays.fill(to, at, at + before, 0f);
      Arrays.fill(to, at + before + inside * channels(), at + length, 0f);
      if (format == MemoryFormat.CHANNELS_LAST) {
        int from = image.offset() + (sample * height() + y) * width() * channels();
        System.arraycopy(image.array(), from, to, at + before, inside * channels());
      } else {
        gather(sample, y, inside, image, to, at + before);
      }
    }
  }

  private void gather(int sample, int y, int n, Floats image, float[] to, int toAt) {
    float[] from = image.array();
    int channels = channels();
    for (int channel = 0; channel < channels; channel++) {
      int row = image.offset() + ((sample * channels + channel) * height() + y) * width();
      for (int x = 0; x < n; x++) {
        to[toAt + x * channels + channel] = from[row + x];
      }
    }
  }
}
