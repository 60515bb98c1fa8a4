package dev.volute.backend.java;

import dev.volute.spi.Availability;
import dev.volute.spi.Backend;
import dev.volute.spi.BackendException;
import dev.volute.spi.BackendOptions;
import dev.volute.spi.BackendProvider;

/**
 * Provides the backend {@code java}, which runs on every JVM.
 *
 * <p>It uses the Vector API if the JVM was started with {@code --add-modules jdk.incubator.vector},
 * and plain loops otherwise. The system property {@value #VECTOR_PROPERTY} asks for the Vector API
 * ({@code true}; the backend is unusable without it) or against it ({@code false}).
 */
public final class JavaBackendProvider implements BackendProvider {
  /** The system property that asks for the Vector API or against it. */
  public static final String VECTOR_PROPERTY = "volute.java.vector";

  /** For {@link java.util.ServiceLoader}. */
  public JavaBackendProvider() {}

  @Override
  public String name() {
    return JavaBackend.NAME;
  }

  @Override
  public int spiVersion() {
    return 1;
  }

  @Override
  public int priority() {
    return 50;
  }

  @Override
  public Availability probe() {
    try {
      return Availability.usable(SimdChoice.description(SimdChoice.chosen()));
    } catch (BackendException | LinkageError thrown) {
      return Availability.unusable(String.valueOf(thrown.getMessage()));
    }
  }

  @Override
  public Backend open(BackendOptions options) {
    try {
      return new JavaBackend(options, SimdChoice.chosen());
    } catch (BackendException thrown) {
      throw new BackendException("Backend java is unusable: " + thrown.getMessage(), thrown);
    }
  }
}
