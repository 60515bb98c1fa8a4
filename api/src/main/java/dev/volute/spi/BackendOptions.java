package dev.volute.spi;

/**
 * What a user may set when a backend is opened.
 *
 * @param threads how many threads compute, the caller's included; at least 1
 */
public record BackendOptions(int threads) {
  public BackendOptions {
    if (threads < 1) {
      throw new BackendException("A backend needs at least 1 thread, not " + threads);
    }
  }

  /** As many threads as the machine has processors. */
  public static BackendOptions defaults() {
    return new BackendOptions(Runtime.getRuntime().availableProcessors());
  }

  public static BackendOptions threads(int threads) {
    return new BackendOptions(threads);
  }
}
