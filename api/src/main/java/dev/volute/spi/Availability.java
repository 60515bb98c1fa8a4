package dev.volute.spi;

/**
 * Whether a backend can run on this machine.
 *
 * @param usable true if {@link BackendProvider#open} is expected to succeed
 * @param detail if usable, what it runs on (for example {@code AVX-512, Vector API}); if not, the
 *     reason and what would mend it
 */
public record Availability(boolean usable, String detail) {
  public static Availability usable(String detail) {
    return new Availability(true, detail);
  }

  public static Availability unusable(String reason) {
    return new Availability(false, reason);
  }
}
