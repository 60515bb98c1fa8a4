package dev.volute.train;

/** How the learning rate changes while training goes on. */
@FunctionalInterface
public interface Schedule {
  /** The optimizer's own rate throughout. */
  Schedule CONSTANT = step -> 1;

  /**
   * What the optimizer's learning rate is multiplied by.
   *
   * @param step 1 in the first step
   */
  double factor(long step);

  /**
   * Rises in proportion to the step over {@code warmUp} steps, then falls along half a cosine to 0
   * at step {@code total} (Loshchilov and Hutter, 2017).
   */
  static Schedule cosine(long warmUp, long total) {
    return step -> {
      if (step <= warmUp) {
        return (double) step / warmUp;
      }
      double done = Math.min(1, (double) (step - warmUp) / Math.max(1, total - warmUp));
      return 0.5 * (1 + Math.cos(Math.PI * done));
    };
  }

  /** Multiplied by {@code factor} after every {@code steps} steps. */
  static Schedule decay(long steps, double factor) {
    return step -> Math.pow(factor, (step - 1) / steps);
  }
}
