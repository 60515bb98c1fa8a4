package dev.volute.spi;

/**
 * One op, bound to its memory. Running it reads the inputs, writes the outputs and the declared
 * scratch, and nothing else; it allocates nothing. One thread at a time.
 */
public interface Kernel extends AutoCloseable {
  /**
   * @throws IndexRangeException if an operand holds an index that points outside
   */
  void run();

  /** Releases what binding took; most kernels have nothing to release. */
  @Override
  default void close() {}
}
