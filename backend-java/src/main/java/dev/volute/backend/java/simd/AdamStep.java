package dev.volute.backend.java.simd;

import dev.volute.graph.composite.AdamUpdate;

/**
 * The numbers of one step of Adam: with {@code g' = g + decay * p}, {@code m = beta1 * m + rest1 *
 * g'} and {@code v = beta2 * v + rest2 * g' * g'},
 *
 * <pre>
 * p = p * keep - pace * m / (sqrt(v) * root + epsilon)
 * </pre>
 */
public final class AdamStep {
  private final AdamUpdate op;
  private float pace;
  private float root;
  private float keep;

  public AdamStep(AdamUpdate op) {
    this.op = op;
  }

  /** Goes to a step, counted from 1, with its learning rate. */
  public void set(double step, double rate) {
    pace = (float) (rate / (1 - Math.pow(op.beta1(), step)));
    root = (float) (1 / Math.sqrt(1 - Math.pow(op.beta2(), step)));
    keep = op.decoupled() ? (float) (1 - rate * op.weightDecay()) : 1f;
  }

  public float decay() {
    return op.decoupled() ? 0f : (float) op.weightDecay();
  }

  public float beta1() {
    return (float) op.beta1();
  }

  public float rest1() {
    return (float) (1 - op.beta1());
  }

  public float beta2() {
    return (float) op.beta2();
  }

  public float rest2() {
    return (float) (1 - op.beta2());
  }

  public float epsilon() {
    return (float) op.epsilon();
  }

  public float pace() {
    return pace;
  }

  public float root() {
    return root;
  }

  public float keep() {
    return keep;
  }
}
