package dev.volute.backend.java.simd;

/**
 * The transforms of Winograd's minimal filtering F(4x4, 3x3), with the interpolation points 0, 1,
 * -1, 2, -2 and infinity (Lavin and Gray, <a href="https://arxiv.org/abs/1509.09308">Fast
 * Algorithms for Convolutional Neural Networks</a>): tiles of 6 by 6 elements of an image give 4 by
 * 4 results.
 *
 * <p>Many tiles are transformed at once: a tile's element (i, j) is in row {@code 6 i + j} of a
 * matrix (or {@code 4 i + j} if it has 4 by 4, {@code 3 i + j} if 3 by 3), each tile of each
 * channel in a column. Columns up to a multiple of {@link #width} are computed.
 */
public interface WinogradTransforms {
  /** The number of columns is rounded up to a multiple of this. */
  int width();

  /** {@code u = G g G^T} of n filters, whose 3 by 3 elements are in rows {@code 3 i + j} of g. */
  void filter(int n, float[] g, int gAt, int gStep, float[] u, int uAt, int uStep);

  /** {@code w = G^T s G}, the gradients to n filters; s is overwritten. */
  void filterGradient(int n, float[] s, int sAt, int sStep, float[] w, int wAt, int wStep);
}
