package dev.volute.backend.java.plain;

import dev.volute.backend.java.simd.AdamStep;
import dev.volute.backend.java.simd.Updates;

/** One parameter after the other. */
final class PlainUpdates implements Updates {
  @Override
  public void sgd(int n, float[] p, int pAt, float[] g, int gAt, float rate, float decay) {
    for (int i = 0; i < n; i++) {
      float old = p[pAt + i];
      p[pAt + i] = old - rate * (g[gAt + i] + decay * old);
    }
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
    for (int i = 0; i < n; i++) {
      float old = p[pAt + i];
      float gradient = g[gAt + i] + decay * old;
      float velocity = momentum * v[vAt + i] + gradient;
      v[vAt + i] = velocity;
      p[pAt + i] = old - rate * (now * gradient + ahead * velocity);
    }
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
    for (int i = 0; i < n; i++) {
      float old = p[pAt + i];
      float gradient = g[gAt + i] + decay * old;
      float mean = beta1 * m[mAt + i] + rest1 * gradient;
      float square = beta2 * v[vAt + i] + rest2 * (gradient * gradient);
      m[mAt + i] = mean;
      v[vAt + i] = square;
      p[pAt + i] = old * keep - pace * mean / ((float) Math.sqrt(square) * root + epsilon);
    }
  }
}
