package dev.volute.backend.java.lanes;

import dev.volute.backend.java.simd.AdamStep;
import dev.volute.backend.java.simd.Updates;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Updates on vectors, the last few parameters one by one with the same bits. */
final class VectorUpdates implements Updates {
  private static final VectorSpecies<Float> S = VectorLanes.FLOATS;
  private static final int L = S.length();

  private final Updates rest;

  /**
   * @param rest does what does not fill a vector
   */
  VectorUpdates(Updates rest) {
    this.rest = rest;
  }

  private static FloatVector load(float[] from, int at) {
    return FloatVector.fromArray(S, from, at);
  }

  @Override
  public void sgd(int n, float[] p, int pAt, float[] g, int gAt, float rate, float decay) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector old = load(p, pAt + i);
      old.sub(load(g, gAt + i).add(old.mul(decay)).mul(rate)).intoArray(p, pAt + i);
    }
    rest.sgd(n - i, p, pAt + i, g, gAt + i, rate, decay);
  }

  @Override
  public void momentum(
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
      float ahead) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector old = load(p, pAt + i);
      FloatVector gradient = load(g, gAt + i).add(old.mul(decay));
      FloatVector velocity = load(v, vAt + i).mul(momentum).add(gradient);
      velocity.intoArray(v, vAt + i);
      old.sub(gradient.mul(now).add(velocity.mul(ahead)).mul(rate)).intoArray(p, pAt + i);
    }
    rest.momentum(n - i, p, pAt + i, v, vAt + i, g, gAt + i, rate, decay, momentum, now, ahead);
  }

  @Override
  public void adam(
      int n,
      float[] p,
      int pAt,
      float[] m,
      int mAt,
      float[] v,
      int vAt,
      float[] g,
      int gAt,
      AdamStep step) {
    float decay = step.decay();
    float beta1 = step.beta1();
    float rest1 = step.rest1();
    float beta2 = step.beta2();
    float rest2 = step.rest2();
    float pace = step.pace();
    float root = step.root();
    float keep = step.keep();
    float epsilon = step.epsilon();
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector old = load(p, pAt + i);
      FloatVector gradient = load(g, gAt + i).add(old.mul(decay));
      FloatVector mean = load(m, mAt + i).mul(beta1).add(gradient.mul(rest1));
      FloatVector square = load(v, vAt + i).mul(beta2).add(gradient.mul(gradient).mul(rest2));
      mean.intoArray(m, mAt + i);
      square.intoArray(v, vAt + i);
      old.mul(keep)
          .sub(mean.mul(pace).div(square.sqrt().mul(root).add(epsilon)))
          .intoArray(p, pAt + i);
    }
    rest.adam(n - i, p, pAt + i, m, mAt + i, v, vAt + i, g, gAt + i, step);
  }
}
