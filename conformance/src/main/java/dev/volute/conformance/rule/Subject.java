package dev.volute.conformance.rule;

import dev.volute.spi.Backend;
import dev.volute.spi.BackendOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The backend under test: opened when it is first needed, once for each set of options, and shared
 * by the checks until the end. Collects what they measure.
 */
public final class Subject implements AutoCloseable {
  /** Threads of the backend that most checks use: an odd number, which divides few sizes. */
  public static final int THREADS = 3;

  private final Function<BackendOptions, Backend> opener;
  private final Reproduction reproduction;
  private final Map<BackendOptions, Backend> opened = new HashMap<>();
  private final List<Measurement> measurements = new ArrayList<>();
  private final List<Observation> observations = new ArrayList<>();

  /**
   * @param opener opens a backend with options
   * @param reproduction what failures tell the user to do
   */
  public Subject(Function<BackendOptions, Backend> opener, Reproduction reproduction) {
    this.opener = opener;
    this.reproduction = reproduction;
  }

  /** The backend with {@link #THREADS} threads, shared. */
  public Backend backend() {
    return backend(THREADS);
  }

  /** The backend with a number of threads, shared. */
  public Backend backend(int threads) {
    return backend(BackendOptions.threads(threads));
  }

  /** The backend with these options, shared. */
  public synchronized Backend backend(BackendOptions options) {
    return opened.computeIfAbsent(options, opener);
  }

  /** How a check is run again on this backend. */
  public Reproduction reproduction() {
    return reproduction;
  }

  /** A backend that the caller closes. */
  public Backend fresh() {
    return opener.apply(BackendOptions.threads(THREADS));
  }

  public synchronized void record(Measurement measurement) {
    measurements.add(measurement);
  }

  public synchronized List<Measurement> measurements() {
    return List.copyOf(measurements);
  }

  /** Keeps what a check has to tell for the report. */
  public synchronized void observe(Rule rule, String text) {
    observations.add(new Observation(rule, text));
  }

  public synchronized List<Observation> observations() {
    return List.copyOf(observations);
  }

  @Override
  public synchronized void close() {
    opened.values().forEach(Backend::close);
    opened.clear();
  }
}
