package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Shares;
import dev.volute.backend.java.parallel.Workers;
import dev.volute.spi.Kernel;
import dev.volute.spi.Operand;
import dev.volute.tensor.MemoryFormat;
import dev.volute.tensor.Shape;

/** Copies an image from one format to the other, in tiles of some cache lines. */
final class FormatCopy implements Kernel {
  private static final int TILE = 16;

  private final int channels;
  private final int pixels;
  private final Floats from;
  private final boolean fromLast;
  private final Floats to;
  private final Kernel kernel;

  /**
   * @param format of {@code from}
   * @param other of {@code to}; not the same
   */
  static FormatCopy of(
      Operand from, MemoryFormat format, Operand to, MemoryFormat other, Workers workers) {
    return new FormatCopy(
        from.view().shape(),
        Floats.of(from, format),
        format == MemoryFormat.CHANNELS_LAST,
        Floats.of(to, other),
        workers);
  }

  private FormatCopy(Shape shape, Floats from, boolean fromLast, Floats to, Workers workers) {
    channels = shape.dim(1);
    pixels = Math.toIntExact(shape.slice(2, shape.rank()).elements());
    this.from = from;
    this.fromLast = fromLast;
    this.to = to;
    int strips = (pixels + TILE - 1) / TILE;
    kernel =
        Shares.kernel(
            workers,
            shape.dim(0) * strips,
            (long) TILE * channels,
            (first, end) -> {
              for (int i = first; i < end; i++) {
                strip(i / strips, i % strips * TILE);
              }
            });
  }

  @Override
  public void run() {
    kernel.run();
  }

  private void strip(int sample, int pixel) {
    int base = sample * channels * pixels;
    int count = Math.min(TILE, pixels - pixel);
    for (int channel = 0; channel < channels; channel += TILE) {
      int last = base + pixel * channels + channel;
      int plane = base + channel * pixels + pixel;
      int width = Math.min(TILE, channels - channel);
      if (fromLast) {
        tile(width, count, last, 1, channels, plane, pixels, 1);
      } else {
        tile(width, count, plane, pixels, 1, last, 1, channels);
      }
    }
  }

  private void tile(
      int rows,
      int columns,
      int fromAt,
      int fromRow,
      int fromColumn,
      int toAt,
      int toRow,
      int toColumn) {
    float[] source = from.array();
    float[] target = to.array();
    int read = from.offset() + fromAt;
    int write = to.offset() + toAt;
    for (int i = 0; i < rows; i++, read += fromRow, write += toRow) {
      for (int j = 0; j < columns; j++) {
        target[write + j * toColumn] = source[read + j * fromColumn];
      }
    }
  }
}
