package dev.volute.bench;

import java.util.ArrayList;
import java.util.List;

/** A workload on one backend, ready to run again and again. */
interface Run extends AutoCloseable {
  /**
   * Runs it once.
   *
   * @return a number that shows it was computed: a training step's loss, else a first output
   */
  double once();

  /**
   * Runs it for some time: milliseconds of each run. In no time at all it runs once, else three
   * times at least.
   */
  default List<Double> runFor(double seconds) {
    int least = seconds > 0 ? 3 : 1;
    List<Double> times = new ArrayList<>();
    long begin = System.nanoTime();
    long before = begin;
    while (times.size() < least || before - begin < seconds * 1e9) {
      once();
      long now = System.nanoTime();
      times.add((now - before) / 1e6);
      before = now;
    }
    return times;
  }

  /** Bytes that the plan said it needs: parameters, moments, slab and constants. */
  long plannedBytes();

  @Override
  void close();
}
