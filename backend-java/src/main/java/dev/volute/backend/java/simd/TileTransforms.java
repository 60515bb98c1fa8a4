package dev.volute.backend.java.simd;

/**
 * The transforms of Winograd's minimal filtering F(4x4, 3x3) of what it multiplies and gives, for
 * the tiles of one row, a run of channels at a time: first the columns of pixels, then the rows of
 * tiles, or the other way round. {@link WinogradTransforms} has the equations of those of filters.
 *
 * <p>Between the two steps, element i of column x is at {@code (6 x + i) run}. Transformed tiles
 * lie as {@link TileGroups} says, tile {@code first} of a block being the first of the row.
 */
public interface TileTransforms {
  /** Channels of a run. */
  int run();

  /**
   * {@code B^T d} of columns of six pixels.
   *
   * @param d0 holds row 0, from {@code at0} on
   * @param step distance of pixels of a row
   */
  void imageColumns(
      int columns,
      int step,
      float[] d0,
      int at0,
      float[] d1,
      int at1,
      float[] d2,
      int at2,
      float[] d3,
      int at3,
      float[] d4,
      int at4,
      float[] d5,
      int at5,
      float[] to,
      int toAt);

  /** {@code v = (B^T d) B} of tiles that begin with every fourth column. */
  void imageRows(int tiles, float[] from, int fromAt, int first, float[] v, int vAt, int groupStep);

  /** {@code A g} of columns of the gradients g to four results, like {@link #imageColumns}. */
  void gradientColumns(
      int columns,
      int step,
      float[] g0,
      int at0,
      float[] g1,
      int at1,
      float[] g2,
      int at2,
      float[] g3,
      int at3,
      float[] to,
      int toAt);

  /** {@code s = (A g) A^T}, like {@link #imageRows}. */
  void gradientRows(
      int tiles, float[] from, int fromAt, int first, float[] s, int sAt, int groupStep);

  /** {@code m A} of transformed results m, which lie as tiles do: four columns of each tile. */
  void resultRows(int tiles, float[] m, int mAt, int first, int groupStep, float[] to, int toAt);

  /**
   * {@code y = min(high, max(low, A^T (m A) + residual))} of columns of results, or 0 where a relu
   * passes no gradient. NaN stays NaN.
   *
   * @param rows how many of the four rows are stored
   * @param added whether the residual is read, which lies like y and not where y does
   * @param passes whether the relu's results are read, which lie like y: what is not positive there
   *     is 0 here
   * @param row distance of rows
   * @param step distance of pixels of a row
   */
  void resultColumns(
      int columns,
      int rows,
      float[] from,
      int fromAt,
      boolean added,
      float[] residual,
      int residualAt,
      boolean passes,
      float[] relu,
      int reluAt,
      float low,
      float high,
      float[] y,
      int yAt,
      int row,
      int step);
}
