package dev.volute.backend.java.simd;

/** Products of windows with one filter a channel, over images that lie channels last. */
public interface DepthwiseProducts {
  /**
   * The cells that some windows have in common.
   *
   * @param places where cells begin, from a window's beginning
   * @param weights where the weights of cells begin
   */
  record Cells(int[] places, int[] weights) {}

  /**
   * {@code y[w, j] = min(high, max(low, bias[j] + residual[w, j] + sum over cells of x[cell, w, j]
   * * weights[cell, j]))} for windows w in a row, and channels j. NaN stays NaN.
   *
   * @param windows how many windows there are
   * @param xStep distance of the windows in x
   * @param residualStep distance of windows in the residual, which is as long as the channels at
   *     least
   */
  void row(
      int channels,
      int windows,
      float[] x,
      int xAt,
      int xStep,
      Cells cells,
      float[] weights,
      int weightsAt,
      float[] bias,
      int biasAt,
      float[] residual,
      int residualAt,
      int residualStep,
      float low,
      float high,
      float[] y,
      int yAt);

  /**
   * An image over which windows of 3 by 3 cells slide, one pixel at a time.
   *
   * @param outWidth windows in a row
   * @param top rows of zeros above the image
   * @param left columns of zeros before it
   */
  record Plane(int channels, int height, int width, int outWidth, int top, int left) {}

  /** Elements of working memory for {@link #threeByThree}. */
  int work();

  /**
   * {@code y[w, j] = min(high, max(low, bias[j] + sum over cells of x[cell, w, j] * weights[cell,
   * j]))} for channels {@code from} to {@code to - 1} of rows {@code first} to {@code end - 1} of
   * windows. NaN stays NaN.
   *
   * @param xAt where the image begins
   * @param yAt where the result of the image's first window begins
   * @param work any values
   */
  void threeByThree(
      Plane plane,
      int from,
      int to,
      int first,
      int end,
      float[] x,
      int xAt,
      float[] weights,
      int weightsAt,
      float[] bias,
      int biasAt,
      float low,
      float high,
      float[] y,
      int yAt,
      float[] work);
}
