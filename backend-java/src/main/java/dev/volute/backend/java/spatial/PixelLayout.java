package dev.volute.backend.java.spatial;

import java.util.Arrays;

/**
 * How an image is laid out with the channels of each pixel side by side, and zeros around it.
 *
 * @param height rows of the image
 * @param width columns of the image
 * @param top rows of zeros before the image; negative if rows are left out
 * @param left columns of zeros before the image; negative if columns are left out
 * @param rows of pixels
 * @param columns of pixels
 * @param pitch distance of pixels; elements behind the last channel hold anything
 */
record PixelLayout(int height, int width, int top, int left, int rows, int columns, int pitch) {
  /** Elements of all pixels. */
  int length() {
    return rows * columns * pitch;
  }

  /** Where the pixel at a row and a column of the padded image lies. */
  int at(int row, int column) {
    return (row * columns + column) * pitch;
  }

  /**
   * Lays out some channels.
   *
   * @param imageAt where the first of them begins
   * @param pixelsAt where it lies in the first pixel
   */
  void fill(int channels, float[] image, int imageAt, float[] pixels, int pixelsAt) {
    int begin = Math.max(0, Math.min(left, columns));
    int end = Math.max(begin, Math.min(left + width, columns));
    for (int row = 0; row < rows; row++) {
      int y = row - top;
      int line = pixelsAt + at(row, 0);
      if (y < 0 || y >= height) {
        clear(channels, columns, pixels, line);
        continue;
      }
      clear(channels, begin, pixels, line);
      for (int channel = 0; channel < channels; channel++) {
        int from = imageAt + (channel * height + y) * width + begin - left;
        copy(end - begin, image, from, pixels, line + begin * pitch + channel);
      }
      clear(channels, columns - end, pixels, line + end * pitch);
    }
  }

  /**
   * Lays out rows {@code first} to {@code last - 1} of a sample whose channels already lie side by
   * side, without gaps.
   *
   * @param imageAt where the sample begins
   */
  void fillFromChannelsLast(
      int channels, int first, int last, float[] image, int imageAt, float[] pixels, int pixelsAt) {
    int begin = Math.max(0, Math.min(left, columns));
    int end = Math.max(begin, Math.min(left + width, columns));
    for (int row = first; row < last; row++) {
      int y = row - top;
      int line = pixelsAt + at(row, 0);
      if (y < 0 || y >= height) {
        Arrays.fill(pixels, line, line + columns * pitch, 0f);
        continue;
      }
      Arrays.fill(pixels, line, line + begin * pitch, 0f);
      int from = imageAt + (y * width + begin - left) * channels;
      if (pitch == channels) {
        System.arraycopy(image, from, pixels, line + begin * pitch, (end - begin) * pitch);
      } else {
        for (int x = begin; x < end; x++, from += channels) {
          System.arraycopy(image, from, pixels, line + x * pitch, channels);
        }
      }
      Arrays.fill(pixels, line + end * pitch, line + columns * pitch, 0f);
    }
  }

  private void clear(int channels, int count, float[] pixels, int at) {
    for (int i = 0; i < count; i++) {
      Arrays.fill(pixels, at + i * pitch, at + i * pitch + channels, 0f);
    }
  }

  private void copy(int count, float[] image, int from, float[] pixels, int to) {
    for (int i = 0; i < count; i++) {
      pixels[to + i * pitch] = image[from + i];
    }
  }
}
