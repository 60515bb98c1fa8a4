package dev.volute.backend.java.plain;

import dev.volute.backend.java.simd.DepthwiseProducts;

/** Products of a window cell by cell. */
final class PlainDepthwiseProducts implements DepthwiseProducts {
  @Override
  public void row(
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
      int yAt) {
    for (int window = 0; window < windows; window++) {
      int to = yAt + window * channels;
      int added = residualAt + window * residualStep;
      for (int j = 0; j < channels; j++) {
        y[to + j] = bias[biasAt + j] + residual[added + j];
      }
      for (int cell = 0; cell < count; cell++) {
        int from = xAt + window * xStep + cells.places()[cell];
        int weight = weightsAt + cells.weights()[cell];
        for (int j = 0; j < channels; j++) {
          y[to + j] += x[from + j] * weights[weight + j];
        }
      }
      for (int j = to; j < to + channels; j++) {
        y[j] = Math.min(high, Math.max(low, y[j]));
      }
    }
  }
}
