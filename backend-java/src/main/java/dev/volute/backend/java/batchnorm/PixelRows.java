package dev.volute.backend.java.batchnorm;

import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.parallel.Workers;
import dev.volute.spi.OpCall;
import dev.volute.tensor.Shape;

/**
 * The rows of a tensor that lies channels last, one for each pixel of each sample, in chunks. The
 * sums of a channel over a chunk are kept apart until all are there; the division into chunks
 * depends on sizes alone.
 *
 * @param channels of each row
 * @param rows of all samples
 */
record PixelRows(int channels, int rows, Machine machine) {
  /** Elements of a chunk: it stays in the first cache. */
  private static final int CHUNK = 4096;

  /** Rows of a chunk, at least: its sums are read and written less often than its elements. */
  private static final int LEAST = 32;

  static PixelRows of(OpCall call, Machine machine) {
    Shape x = call.input(0).shape();
    int rows = Math.toIntExact(x.elements() / Math.max(1, x.dim(1)));
    return new PixelRows(x.dim(1), rows, machine);
  }

  /** What is done with rows {@code first} to {@code first + count - 1}. */
  interface Chunk {
    void run(int number, int first, int count);
  }

  private int length() {
    return Math.max(LEAST, CHUNK / Math.max(1, channels));
  }

  int chunks() {
    return (rows + length() - 1) / length();
  }

  /** Rows of a chunk. */
  int count(int chunk) {
    return Math.min(length(), rows - chunk * length());
  }

  /** A part for {@link Workers} that does the same with each chunk. */
  Workers.Part part(Chunk chunk) {
    return number -> chunk.run(number, number * length(), count(number));
  }
}
