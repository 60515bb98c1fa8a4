package dev.volute.backend.java.simd;

import java.util.Arrays;
import java.util.Optional;

/**
 * Products of windows with filters over images that lie channels last: a row of a product is a
 * pixel of the result, and its columns are filters, side by side in the packed filters as in the
 * result.
 *
 * <p>Each element of a result is one sum in the order of a window's elements, so that its bits do
 * not depend on what is computed beside it.
 */
public interface PixelProducts {
  /** Windows that are multiplied at a time. */
  int rows();

  /** Half the columns of a panel of packed filters. */
  int lanes();

  /** Products of gathered windows, where they are faster for few windows and many filters. */
  Optional<GatheredProducts> gathered();

  /**
   * Where windows and their results lie.
   *
   * @param from where each window begins; the last is repeated until there are a multiple of {@link
   *     #rows}
   * @param to where the results of each window begin
   * @param runs where the runs of elements of which a window consists begin, from its own beginning
   * @param length elements of a run
   * @param places of all elements of a window
   */
  record Windows(int[] from, int[] to, int[] runs, int length, int[] places) {
    public static Windows of(int[] from, int[] to, int[] runs, int length) {
      int[] places = new int[runs.length * length];
      Arrays.setAll(places, l -> runs[l / length] + l % length);
      return new Windows(from, to, runs, length, places);
    }
  }

  /**
   * {@code c = min(high, max(low, bias + residual + a b))} for windows {@code first} to {@code end
   * - 1}. Both are multiples of {@link #rows}. NaN stays NaN.
   *
   * <p>Element (l, j) of b is at {@code bAt + 2 l lanes + j}. Columns 0 to {@code lanes - 1} of a
   * window's result begin at {@code cAt + to[window]}, the others {@code second} further; so in
   * bias and residual. Columns may coincide if their filters are the same. Where all do, the
   * residual may lie where c does.
   *
   * @param residual is not read unless {@code added}; element by element at the places of c
   */
  void multiply(
      Windows windows,
      int first,
      int end,
      float[] a,
      int aAt,
      float[] b,
      int bAt,
      int second,
      float[] bias,
      int biasAt,
      boolean added,
      float[] residual,
      int residualAt,
      float low,
      float high,
      float[] c,
      int cAt);

  /** {@code c = relu > 0 ? c : 0} for results of {@link #multiply}, beside which the relu's lie. */
  void passRelu(
      Windows windows,
      int first,
      int end,
      int second,
      float[] relu,
      int reluAt,
      float[] c,
      int cAt);
}
