package dev.volute.spi;

/**
 * The entry of a backend, found with {@link java.util.ServiceLoader}. Its constructor and its
 * methods are cheap and load nothing native; only {@link #probe} and {@link #open} may.
 */
public interface BackendProvider {
  /** The version of this contract; a provider for another one is listed but never used. */
  int SPI_VERSION = 1;

  /** The name that users choose by: lower-case letters, digits and hyphens. */
  String name();

  /** The {@link #SPI_VERSION} that the provider was compiled against, as a literal of its own. */
  int spiVersion();

  /** Counts only when nobody named a backend: the highest usable one is taken. */
  int priority();

  /** Whether the backend can run here. Never throws: the reason is in the answer. */
  Availability probe();

  /**
   * Opens a backend.
   *
   * @throws BackendException if it cannot run here
   */
  Backend open(BackendOptions options);
}
