package dev.volute.conformance.rule;

import dev.volute.spi.Backend;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;

/**
 * The backend under test: opened when it is first needed, once for each number of threads, and
 * shared by the checks until the end. Collects what they measure.
 */
public final class Subject implements AutoCloseable {
  /** Threads of the backend that most checks use: an odd number, which divides few sizes. */
  public static final int THREADS = 3;

  private final IntFunction<Backend> opener;
  private final Reproduction reproduction;
  private final Map<Integer, Backend> opened = new TreeMap<>();
  private final List<Measurement> measurements = new ArrayList<>();
  private final List<Observation> observations = new ArrayList<>();

  /**
   * @param opener opens a backend with a number of threads
   * @param reproduction what failures tell the user to do
   */
  public Subject(IntFunction<Backend> opener, Reproduction reproduction) {
    this.opener = opener;
    this.reproduction = reproduction;
  }

  /** The backend with {@link #THREADS} threads, shared. */
  public Backend backend() {
    return backend(THREADS);
  }

  /** The backend with a number of threads, shared. */
  public synchronized Backend backend(int threads) {
    return opened.computeIfAbsent(threads, opener::apply);
  }

  /** How a check is run again on this backend. */
  public Reproduction reproduction() {
    return reproduction;
  }

  /** A backend that the caller closes. */
  public Backend fresh() {
    return opener.apply(THREADS);
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
