package dev.volute.backend.java.simd;

/** Products of windows with one filter a channel, over images that lie channels last. */
public interface DepthwiseProducts {
  /**
   * The cells that some windows have in common.
   *
   * @param places gets where cells begin, from a window's beginning
   * @param weights gets where the weights of cells begin
   */
  record Cells(int[] places, int[] weights) {}

  /**
   * {@code y[w, j] = min(high, max(low, bias[j] + residual[w, j] + sum over cells of x[cell, w, j]
   * * weights[cell, j]))} for windows w in a row, and channels j. NaN stays NaN.
   *
   * @param windows how many windows there are
   * @param xStep distance of the windows in x
   * @param count how many cells count
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
      int count,
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
}
