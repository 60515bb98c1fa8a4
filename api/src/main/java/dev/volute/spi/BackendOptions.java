package dev.volute.spi;

/**
 * What a user may set when a backend is opened.
 *
 * @param threads how many threads compute, the caller's included; at least 1
 * @param minimalFiltering whether convolutions and their gradients may transform images and filters
 *     to multiply less, as Winograd's minimal filtering does. That is faster, but errors grow with
 *     the largest numbers nearby, and a NaN or an infinity spreads to results that do not meet it.
 *     Without it they are sums of products, each as accurate as its own terms allow. A backend that
 *     knows no such way need not look at this.
 */
public record BackendOptions(int threads, boolean minimalFiltering) {
  public BackendOptions {
    if (threads < 1) {
      throw new BackendException("A backend needs at least 1 thread, not " + threads);
    }
  }

  /** With minimal filtering. */
  public BackendOptions(int threads) {
    this(threads, true);
  }

  /** As many threads as the machine has processors. */
  public static BackendOptions defaults() {
    return threads(Runtime.getRuntime().availableProcessors());
  }

  public static BackendOptions threads(int threads) {
    return new BackendOptions(threads);
  }

  /** The same, with convolutions as plain sums. */
  public BackendOptions withoutMinimalFiltering() {
    return new BackendOptions(threads, false);
  }
}
