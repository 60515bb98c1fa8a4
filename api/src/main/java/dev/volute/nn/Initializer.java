package dev.volute.nn;

import dev.volute.random.Philox;

/** First values of a parameter, from random numbers that depend on seed and path alone. */
@FunctionalInterface
public interface Initializer {
  /** Element {@code index} (row-major) of the parameter. */
  float value(Philox random, long index);

  static Initializer zeros() {
    return constant(0);
  }

  static Initializer ones() {
    return constant(1);
  }

  static Initializer constant(float value) {
    return (random, index) -> value;
  }

  /** Uniform between {@code -bound} and {@code bound}. */
  static Initializer uniform(double bound) {
    return (random, index) -> (float) ((2.0 * random.uniform(index) - 1.0) * bound);
  }

  /** Uniform with bound {@code 1 / sqrt(fanIn)}, for weights and biases alike. */
  static Initializer fanIn(long fanIn) {
    return uniform(1 / Math.sqrt(Math.max(1, fanIn)));
  }

  /** Uniform with bound {@code sqrt(6 / fanIn)} (He and others, 2015): for layers before a relu. */
  static Initializer he(long fanIn) {
    return uniform(Math.sqrt(6.0 / Math.max(1, fanIn)));
  }

  /** Uniform with bound {@code sqrt(6 / (fanIn + fanOut))} (Glorot and Bengio, 2010). */
  static Initializer glorot(long fanIn, long fanOut) {
    return uniform(Math.sqrt(6.0 / Math.max(1, fanIn + fanOut)));
  }

  /** Normal with mean 0. */
  static Initializer normal(double deviation) {
    return (random, index) -> (float) (random.normal(index) * deviation);
  }
}
