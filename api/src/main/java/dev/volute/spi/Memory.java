package dev.volute.spi;

import dev.volute.tensor.DType;
import dev.volute.tensor.Tensor;

/** A run of elements of one type in a backend's memory. */
public interface Memory extends AutoCloseable {
  DType dtype();

  long elements();

  /**
   * Copies all values of {@code source} to the elements from {@code offset} on.
   *
   * @throws BackendException if the memory is closed, the type differs or the range is not inside
   */
  void write(long offset, Tensor source);

  /**
   * Fills {@code target} with the elements from {@code offset} on.
   *
   * @throws BackendException if the memory is closed, the type differs or the range is not inside
   */
  void read(long offset, Tensor target);

  /** Releases the memory; a second call does nothing. No kernel bound to it may run afterwards. */
  @Override
  void close();
}
