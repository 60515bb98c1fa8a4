package dev.volute.backend.java.simd;

/**
 * Products of tiles that lie as {@link TileGroups} says, one of their matrices at a time.
 *
 * <p>Each element of a result is one sum in the order of channels or of tiles, so that its bits do
 * not depend on what is computed beside it.
 */
public interface TileProducts {
  /** Columns of a panel of packed filters that are half of it. */
  int lanes();

  /**
   * {@code c = bias + a b} for some tiles; those behind the last up to a whole group are read and
   * written, but do not count. Results lie as tiles do, the panel's columns as channels.
   *
   * @param k channels of a
   * @param aAt where the matrix begins in the first group
   * @param aStep distance of groups
   * @param b element (l, j) is at {@code bAt + 2 l lanes + j}
   * @param next where the filters begin in b that are multiplied after these, if they are far and
   *     should be read ahead, or else {@code bAt}
   * @param half whether the first half of the panel counts alone
   */
  void multiply(
      int tiles,
      int k,
      float[] a,
      int aAt,
      int aStep,
      float[] b,
      int bAt,
      int next,
      boolean half,
      float[] bias,
      int biasAt,
      float[] c,
      int cAt,
      int cStep);

  /**
   * {@code s = s + a^T b}, summed over the tiles. Element (i, j) of s is at {@code sAt + (j / run *
   * sRows + i) run + j % run}; elements up to whole runs are computed, but do not count.
   *
   * @param rows channels of a
   * @param columns channels of b
   * @param sRows rows of s, in whole runs
   */
  void addSums(
      int tiles,
      int rows,
      int columns,
      float[] a,
      int aAt,
      int aStep,
      float[] b,
      int bAt,
      int bStep,
      float[] s,
      int sAt,
      int sRows);
}
