package dev.volute.backend.java.simd;

/**
 * Optimizer updates, in place, of runs of parameters p by gradients g. The rules are those of
 * {@link dev.volute.graph.composite.SgdUpdate} and {@link dev.volute.graph.composite.AdamUpdate}.
 */
public interface Updates {
  void sgd(int n, float[] p, int pAt, float[] g, int gAt, float rate, float decay);

  /**
   * With a velocity v: {@code p -= rate * (now * g + ahead * v)}.
   *
   * @param now 1 for Nesterov's momentum, else 0
   * @param ahead the momentum for Nesterov's, else 1
   */
  void momentum(
      int n,
      float[] p,
      int pAt,
      float[] v,
      int vAt,
      float[] g,
      int gAt,
      float rate,
      float decay,
      float momentum,
      float now,
      float ahead);

  void adam(
      int n,
      float[] p,
      int pAt,
      float[] m,
      int mAt,
      float[] v,
      int vAt,
      float[] g,
      int gAt,
      AdamStep step);
}
