package dev.volute.conformance.asserting;

import dev.volute.spi.Availability;
import dev.volute.spi.Backend;
import dev.volute.spi.BackendOptions;
import dev.volute.spi.BackendProvider;
import dev.volute.spi.Backends;

/**
 * Offers, under the name {@value #NAME}, the backend that the system property {@value #PROPERTY}
 * names, watched by an {@link AssertingBackend}. Any program runs so:
 *
 * <pre>{@code -Dvolute.backend=asserting -Dvolute.asserting=native}</pre>
 */
public final class AssertingProvider implements BackendProvider {
  /** The provider's name. */
  public static final String NAME = "asserting";

  /** The system property that names the backend to watch. */
  public static final String PROPERTY = "volute.asserting";

  /** For {@link java.util.ServiceLoader}. */
  public AssertingProvider() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int spiVersion() {
    return 1;
  }

  @Override
  public int priority() {
    return 0;
  }

  @Override
  public Availability probe() {
    String watched = System.getProperty(PROPERTY, "");
    return watched.isEmpty() || watched.equals(NAME)
        ? Availability.unusable("name the backend to watch with -D" + PROPERTY + "=NAME")
        : Availability.usable("watches the backend " + watched);
  }

  @Override
  public Backend open(BackendOptions options) {
    return new AssertingBackend(Backends.open(System.getProperty(PROPERTY, ""), options));
  }
}
