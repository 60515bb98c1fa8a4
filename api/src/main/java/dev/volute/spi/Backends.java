package dev.volute.spi;

import java.util.List;

/**
 * Finds and opens backends.
 *
 * <p>Which backend runs is decided by the first of these that speaks: what the code passes to
 * {@link #open(String)}, the system property {@value #PROPERTY}, the environment variable {@value
 * #VARIABLE}, and then the usable provider of highest priority. A backend that was named and is
 * absent or unusable is an error that lists every provider found and why each unusable one is so.
 * Only {@link #best()} falls back, and only when nobody named a backend; it logs one line to the
 * {@link System.Logger} {@code dev.volute}: what it chose, what it passed over and why, and how to
 * choose another.
 *
 * <p>Providers are found with {@link java.util.ServiceLoader}: on the module path, on the class
 * path, and in fat jars that merge {@code META-INF/services/dev.volute.spi.BackendProvider}. The
 * search goes through the thread's context class loader and the loader of this class, or through
 * the one loader that is passed. Of two providers with one name the one with the higher priority
 * counts, then the first by class name, then the first found. Nothing is kept between calls, so
 * that plug-ins may come and go.
 */
public final class Backends {
  /** The system property that names the backend. */
  public static final String PROPERTY = "volute.backend";

  /** The environment variable that names the backend. */
  public static final String VARIABLE = "VOLUTE_BACKEND";

  private Backends() {}

  /** {@link #best(BackendOptions)} with default options. */
  public static Backend best() {
    return best(BackendOptions.defaults());
  }

  /**
   * The backend that property or environment names, else the usable one of highest priority.
   *
   * @throws BackendException if the named backend is absent or unusable, or none is usable; the
   *     message lists every provider
   */
  public static Backend best(BackendOptions options) {
    return BackendSelection.among(ProviderDiscovery.defaultLoaders()).best(options);
  }

  /** {@link #best(BackendOptions)} among the providers that one class loader sees. */
  public static Backend best(BackendOptions options, ClassLoader loader) {
    return BackendSelection.among(List.of(loader)).best(options);
  }

  /** {@link #open(String, BackendOptions)} with default options. */
  public static Backend open(String name) {
    return open(name, BackendOptions.defaults());
  }

  /**
   * The backend of this name and no other.
   *
   * @throws BackendException if it is absent or unusable; the message lists every provider
   */
  public static Backend open(String name, BackendOptions options) {
    return BackendSelection.among(ProviderDiscovery.defaultLoaders()).open(name, options);
  }

  /** {@link #open(String, BackendOptions)} among the providers that one class loader sees. */
  public static Backend open(String name, BackendOptions options, ClassLoader loader) {
    return BackendSelection.among(List.of(loader)).open(name, options);
  }

  /** Every provider, broken ones included, in the order in which {@link #best()} tries them. */
  public static List<FoundBackend> found() {
    return BackendSelection.among(ProviderDiscovery.defaultLoaders()).found();
  }

  /** Every provider that one class loader sees, as {@link #found()} does. */
  public static List<FoundBackend> found(ClassLoader loader) {
    return BackendSelection.among(List.of(loader)).found();
  }
}
