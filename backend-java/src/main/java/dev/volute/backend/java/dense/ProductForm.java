package dev.volute.backend.java.dense;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.simd.FloatMap;
import java.util.Optional;

/**
 * What a {@link Gemm} computes: {@code c = activation(alpha * a b + bias)}, or that product added
 * to c.
 *
 * @param m rows of a and c
 * @param n columns of b and c
 * @param k columns of a and rows of b
 * @param transposedA whether a lies as {@code [k, m]}
 * @param transposedB whether b lies as {@code [n, k]}
 * @param accumulate whether the product is added to what c holds; otherwise that is ignored
 * @param bias n values, one for each column, if there are any
 * @param activation of each element of the finished result, if there is one
 */
public record ProductForm(
    int m,
    int n,
    int k,
    boolean transposedA,
    boolean transposedB,
    float alpha,
    boolean accumulate,
    Optional<Floats> bias,
    Optional<FloatMap> activation) {

  /** {@code c = a b}. */
  public static ProductForm of(int m, int n, int k) {
    return new ProductForm(m, n, k, false, false, 1f, false, Optional.empty(), Optional.empty());
  }

  /** The same of matrices that lie transposed. */
  public ProductForm transposed(boolean a, boolean b) {
    return new ProductForm(m, n, k, a, b, alpha, accumulate, bias, activation);
  }

  /** The same with a product that is multiplied by a number. */
  public ProductForm times(float alpha) {
    return new ProductForm(m, n, k, transposedA, transposedB, alpha, accumulate, bias, activation);
  }

  /** The same, added to what c holds. */
  public ProductForm added() {
    return new ProductForm(m, n, k, transposedA, transposedB, alpha, true, bias, activation);
  }

  /** The same with a bias and an activation of the result. */
  public ProductForm finished(Optional<Floats> bias, Optional<FloatMap> activation) {
    return new ProductForm(m, n, k, transposedA, transposedB, alpha, accumulate, bias, activation);
  }
}
