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
      for (int cell = 0; cell < cells.places().length; cell++) {
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

  @Override
  public int work() {
    return 0;
  }

  @Override
  public void threeByThree(
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
      float[] work) {
    int channels = plane.channels();
    for (int window = first * plane.outWidth(); window < end * plane.outWidth(); window++) {
      int top = window / plane.outWidth() - plane.top();
      int left = window % plane.outWidth() - plane.left();
      int at = yAt + window * channels;
      System.arraycopy(bias, biasAt + from, y, at + from, to - from);
      for (int cell = 0; cell < 9; cell++) {
        int row = top + cell / 3;
        int column = left + cell % 3;
        if (row >= 0 && row < plane.height() && column >= 0 && column < plane.width()) {
          int pixel = xAt + (row * plane.width() + column) * channels;
          for (int j = from; j < to; j++) {
            y[at + j] += x[pixel + j] * weights[weightsAt + cell * channels + j];
          }
        }
      }
      for (int j = from; j < to; j++) {
        y[at + j] = Math.min(high, Math.max(low, y[at + j]));
      }
    }
  }
}
