package dev.volute.backend.java.simd;

/**
 * Windows of two by two cells that divide images among them, numbered row by row from 0 to 3: those
 * of pooling as it is most often used. In memory, {@code rows} rows of {@code width} windows lie
 * without gaps, and their images' rows, two for each and twice as wide.
 */
public interface QuadFolds {
  /** Elements of scratch memory behind the last one that may be written. */
  int overrun();

  /**
   * The largest value of each window; NaN if it has one.
   *
   * @param scratch {@code 2 * rows * width} elements
   */
  void maxima(int rows, int width, float[] x, int xAt, float[] scratch, float[] y, int yAt);

  /**
   * {@link #maxima}, and in {@code at} the first cell that has the largest value; the first NaN if
   * there is one.
   *
   * @param scratch {@code 2 * rows * width} elements
   * @param cells as many
   */
  void firstMaxima(
      int rows,
      int width,
      float[] x,
      int xAt,
      int[] scratch,
      int[] cells,
      float[] y,
      int yAt,
      int[] at,
      int atAt);

  /** Sets the cell that {@code at} tells to the window's g, and the others to 0. */
  void spread(int rows, int width, int[] at, int atAt, float[] g, int gAt, float[] x, int xAt);
}
