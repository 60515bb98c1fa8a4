package dev.volute.backend.java.lanes;

import dev.volute.backend.java.simd.DepthwiseProducts;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Windows of 3 by 3 cells with one filter a channel, a vector of channels at a time. Its pixels are
 * copied to where their distances, across and down, are constant: C2 then reads nine of them from
 * one address, and checks bounds once a row. What is around the image is zeros there.
 */
final class ThreeByThree {
  private static final VectorSpecies<Float> S = VectorLanes.FLOATS;
  private static final int L = S.length();

  /** Pixels of a row that are copied at a time. */
  private static final int COLUMNS = 66;

  /** Distance of rows; not a power of two, so that they do not drive one another out. */
  private static final int P = COLUMNS * L;

  /** Rows that are copied before the first are overwritten. */
  private static final int ROWS = 34;

  /** Rows of results that are computed together: they share the loads of pixels. */
  private static final int TOGETHER = 4;

  /** Elements of memory for copies; rows of results behind the last read behind the last row. */
  static final int WORK = (ROWS + TOGETHER) * P;

  private ThreeByThree() {}

  /** A vector of channels of some rows of results; all offsets are those of the first channel. */
  static void run(
      DepthwiseProducts.Plane plane,
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
    int across = COLUMNS - 2;
    int down = ROWS - 2;
    for (int column = 0; column < plane.outWidth(); column += across) {
      int windows = Math.min(across, plane.outWidth() - column);
      for (int band = first; band < end; band += down) {
        int last = Math.min(band + down, end) - 1;
        int copied = 0;
        for (int row = band; row <= last; row += TOGETHER) {
          int needed = Math.min(row + TOGETHER - 1, last) - band + 3;
          for (; copied < needed; copied++) {
            copy(
                plane,
                band - plane.top() + copied,
                column - plane.left(),
                windows + 2,
                x,
                xAt,
                work,
                copied * P);
          }
          int from = (row - band) * P;
          int to = yAt + (row * plane.outWidth() + column) * channels;
          int step = plane.outWidth() * channels;
          rows(
              windows,
              work,
              from,
              weights,
              weightsAt,
              bias,
              biasAt,
              low,
              high,
              y,
              to,
              step,
              last - row,
              channels);
        }
      }
    }
  }

  /** Copies a vector of channels of some pixels of a row. */
  private static void copy(
      DepthwiseProducts.Plane plane,
      int row,
      int column,
      int count,
      float[] x,
      int xAt,
      float[] to,
      int toAt) {
    if (row < 0 || row >= plane.height()) {
      Arrays.fill(to, toAt, toAt + count * L, 0f);
      return;
    }
    int begin = Math.min(count, Math.max(0, -column));
    int behind = Math.max(begin, Math.min(count, plane.width() - column));
    int channels = plane.channels();
    for (int i = 0; i < begin; i++) {
      FloatVector.zero(S).intoArray(to, toAt + i * L);
    }
    for (int i = behind; i < count; i++) {
      FloatVector.zero(S).intoArray(to, toAt + i * L);
    }
    int from = xAt + (row * plane.width() + column) * channels;
    for (int i = begin; i < behind; i++) {
      FloatVector.fromArray(S, x, from + i * channels).intoArray(to, toAt + i * L);
    }
  }

  /** Four rows of windows. */
  private static void rows(
      int windows,
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
      int yStep,
      int others,
      int channels) {
    FloatVector w0 = FloatVector.fromArray(S, weights, weightsAt);
    FloatVector w1 = FloatVector.fromArray(S, weights, weightsAt + channels);
    FloatVector w2 = FloatVector.fromArray(S, weights, weightsAt + 2 * channels);
    FloatVector w3 = FloatVector.fromArray(S, weights, weightsAt + 3 * channels);
    FloatVector w4 = FloatVector.fromArray(S, weights, weightsAt + 4 * channels);
    FloatVector w5 = FloatVector.fromArray(S, weights, weightsAt + 5 * channels);
    FloatVector w6 = FloatVector.fromArray(S, weights, weightsAt + 6 * channels);
    FloatVector w7 = FloatVector.fromArray(S, weights, weightsAt + 7 * channels);
    FloatVector w8 = FloatVector.fromArray(S, weights, weightsAt + 8 * channels);
    FloatVector start = FloatVector.fromArray(S, bias, biasAt);
    FloatVector least = FloatVector.broadcast(S, low);
    FloatVector most = FloatVector.broadcast(S, high);
    // Rows behind the last are stored where it is, before it.
    int y1 = yAt + Math.min(1, others) * yStep;
    int y2 = yAt + Math.min(2, others) * yStep;
    int y3 = yAt + Math.min(3, others) * yStep;
    for (int window = 0; window < windows; window++) {
      int at = xAt + window * L;
      FloatVector v = FloatVector.fromArray(S, x, at);
      FloatVector s0 = v.fma(w0, start);
      v = FloatVector.fromArray(S, x, at + L);
      s0 = v.fma(w1, s0);
      v = FloatVector.fromArray(S, x, at + 2 * L);
      s0 = v.fma(w2, s0);
      v = FloatVector.fromArray(S, x, at + P);
      s0 = v.fma(w3, s0);
      FloatVector s1 = v.fma(w0, start);
      v = FloatVector.fromArray(S, x, at + P + L);
      s0 = v.fma(w4, s0);
      s1 = v.fma(w1, s1);
      v = FloatVector.fromArray(S, x, at + P + 2 * L);
      s0 = v.fma(w5, s0);
      s1 = v.fma(w2, s1);
      v = FloatVector.fromArray(S, x, at + 2 * P);
      s0 = v.fma(w6, s0);
      s1 = v.fma(w3, s1);
      FloatVector s2 = v.fma(w0, start);
      v = FloatVector.fromArray(S, x, at + 2 * P + L);
      s0 = v.fma(w7, s0);
      s1 = v.fma(w4, s1);
      s2 = v.fma(w1, s2);
      v = FloatVector.fromArray(S, x, at + 2 * P + 2 * L);
      s0 = v.fma(w8, s0);
      s1 = v.fma(w5, s1);
      s2 = v.fma(w2, s2);
      v = FloatVector.fromArray(S, x, at + 3 * P);
      s1 = v.fma(w6, s1);
      s2 = v.fma(w3, s2);
      FloatVector s3 = v.fma(w0, start);
      v = FloatVector.fromArray(S, x, at + 3 * P + L);
      s1 = v.fma(w7, s1);
      s2 = v.fma(w4, s2);
      s3 = v.fma(w1, s3);
      v = FloatVector.fromArray(S, x, at + 3 * P + 2 * L);
      s1 = v.fma(w8, s1);
      s2 = v.fma(w5, s2);
      s3 = v.fma(w2, s3);
      v = FloatVector.fromArray(S, x, at + 4 * P);
      s2 = v.fma(w6, s2);
      s3 = v.fma(w3, s3);
      v = FloatVector.fromArray(S, x, at + 4 * P + L);
      s2 = v.fma(w7, s2);
      s3 = v.fma(w4, s3);
      v = FloatVector.fromArray(S, x, at + 4 * P + 2 * L);
      s2 = v.fma(w8, s2);
      s3 = v.fma(w5, s3);
      v = FloatVector.fromArray(S, x, at + 5 * P);
      s3 = v.fma(w6, s3);
      v = FloatVector.fromArray(S, x, at + 5 * P + L);
      s3 = v.fma(w7, s3);
      v = FloatVector.fromArray(S, x, at + 5 * P + 2 * L);
      s3 = v.fma(w8, s3);
      int to = window * channels;
      s3 = s3.blend(least, s3.lt(least));
      s3.blend(most, most.lt(s3)).intoArray(y, y3 + to);
      s2 = s2.blend(least, s2.lt(least));
      s2.blend(most, most.lt(s2)).intoArray(y, y2 + to);
      s1 = s1.blend(least, s1.lt(least));
      s1.blend(most, most.lt(s1)).intoArray(y, y1 + to);
      s0 = s0.blend(least, s0.lt(least));
      s0.blend(most, most.lt(s0)).intoArray(y, yAt + to);
    }
  }
}
