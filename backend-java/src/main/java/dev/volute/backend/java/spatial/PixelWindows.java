package dev.volute.backend.java.spatial;

import dev.volute.tensor.MemoryFormat;
import dev.volute.tensor.Shape;

/**
 * Windows that slide over an image that lies channels last, and where their results lie.
 *
 * @param samples how many images
 * @param channels of each pixel
 */
record PixelWindows(PoolShape shape, int samples, int channels) {
  /** Elements that are worth a part of their own: about 20 microseconds. */
  private static final long PART_WORK = 1 << 15;

  static PixelWindows of(PoolShape shape, Shape image) {
    return new PixelWindows(shape, image.dim(0), image.dim(1));
  }

  /** Parts of a sample: rows of windows where samples are large. */
  int partsOfSample() {
    long work = (long) shape.outPlane() * shape.cells() * channels;
    return (int) Math.max(1, Math.min(shape.outHeight(), work / PART_WORK));
  }

  /** The first row of windows of a part of a sample; that of the next part is its end. */
  int firstRow(int part) {
    return (int) ((long) shape.outHeight() * part / partsOfSample());
  }

  /** Where a pixel of the image begins. */
  int pixel(int sample, int row, int column) {
    return ((sample * shape.height() + row) * shape.width() + column) * channels;
  }

  /** Where the first channel of a window's result lies. */
  int result(int sample, int row, int column, MemoryFormat format) {
    int window = row * shape.outWidth() + column;
    return format == MemoryFormat.CHANNELS_LAST
        ? (sample * shape.outPlane() + window) * channels
        : sample * channels * shape.outPlane() + window;
  }

  /** Distance of the channels of a window's result. */
  int channelStep(MemoryFormat format) {
    return format == MemoryFormat.CHANNELS_LAST ? 1 : shape.outPlane();
  }

  /**
   * The cells of a window that are inside the image.
   *
   * @param cells gets where they begin
   * @param numbers gets their numbers in the window
   * @return how many there are
   */
  int inside(int sample, int windowRow, int windowColumn, int[] cells, int[] numbers) {
    int count = 0;
    for (int i = 0; i < shape.windowHeight(); i++) {
      int y = shape.row(windowRow) + i;
      for (int j = 0; j < shape.windowWidth() && y >= 0 && y < shape.height(); j++) {
        int x = shape.column(windowColumn) + j;
        if (x >= 0 && x < shape.width()) {
          cells[count] = pixel(sample, y, x);
          numbers[count++] = i * shape.windowWidth() + j;
        }
      }
    }
    return count;
  }
}
