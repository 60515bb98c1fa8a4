package dev.volute.spi;

/**
 * A provider that was found, whether or not it works.
 *
 * @param name the name that users choose by; {@link #UNKNOWN_NAME} if the provider broke before it
 *     could tell
 * @param provider the provider's class; a description if not even the class could be loaded
 * @param priority the provider's priority; 0 if it broke before it could tell
 * @param usable whether the backend can be opened here
 * @param detail if usable, what it runs on; if not, the reason; always one line
 */
public record FoundBackend(
    String name, String provider, int priority, boolean usable, String detail) {
  /** Stands for the name of a provider that broke before it could tell; no backend may have it. */
  public static final String UNKNOWN_NAME = "?";

  public FoundBackend {
    detail = Failure.oneLine(String.valueOf(detail));
  }

  /** For example {@code native (usable, priority 100, org.example.Provider): AVX2}. */
  @Override
  public String toString() {
    return "%s (%s, priority %d, %s): %s"
        .formatted(name, usable ? "usable" : "unusable", priority, provider, detail);
  }
}
