package dev.volute.bench;

/** A workload on one backend, ready to run again and again. */
interface Run extends AutoCloseable {
  /**
   * Runs it once.
   *
   * @return a number that shows it was computed: a training step's loss, else a first output
   */
  double once();

  /** Bytes that the plan said it needs: parameters, moments, slab and constants. */
  long plannedBytes();

  @Override
  void close();
}
