package dev.volute.backend.java.lanes;

import dev.volute.backend.java.simd.DepthwiseProducts;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products of a window for four vectors of channels at a time, then for one, or of all windows of 3
 * by 3 cells for one. The last vector ends with the last channel.
 */
final class VectorDepthwiseProducts implements DepthwiseProducts {
  private static final VectorSpecies<Float> S = VectorLanes.FLOATS;
  private static final int L = S.length();

  private final DepthwiseProducts plain;

  VectorDepthwiseProducts(DepthwiseProducts plain) {
    this.plain = plain;
  }

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
    if (channels < L) {
      plain.row(
          channels,
          windows,
          x,
          xAt,
          xStep,
          cells,
          weights,
          weightsAt,
          bias,
          biasAt,
          residual,
          residualAt,
          residualStep,
          low,
          high,
          y,
          yAt);
      return;
    }
    int[] places = cells.places();
    int[] kernel = cells.weights();
    int count = places.length;
    if (count == 9) {
      for (int j = 0; j < channels; j += L) {
        int k = Math.min(j, channels - L);
        nine(
            windows,
            x,
            xAt + k,
            xStep,
            places,
            weights,
            weightsAt + k,
            kernel,
            bias,
            biasAt + k,
            residual,
            residualAt + k,
            residualStep,
            low,
            high,
            y,
            yAt + k,
            channels);
      }
      return;
    }
    for (int w = 0; w < windows; w++) {
      int from = xAt + w * xStep;
      int added = residualAt + w * residualStep;
      int to = yAt + w * channels;
      int j = 0;
      for (; j + 4 * L <= channels; j += 4 * L) {
        four(
            x,
            from + j,
            places,
            count,
            weights,
            weightsAt + j,
            kernel,
            bias,
            biasAt + j,
            residual,
            added + j,
            low,
            high,
            y,
            to + j);
      }
      for (; j < channels; j += L) {
        int k = Math.min(j, channels - L);
        one(
            x,
            from + k,
            places,
            count,
            weights,
            weightsAt + k,
            kernel,
            bias,
            biasAt + k,
            residual,
            added + k,
            low,
            high,
            y,
            to + k);
      }
    }
  }

  @Override
  public int work() {
    return ThreeByThree.WORK;
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
    if (to - from < L) {
      plain.threeByThree(
          plane, from, to, first, end, x, xAt, weights, weightsAt, bias, biasAt, low, high, y, yAt,
          work);
      return;
    }
    for (int next = from; next < to; next += L) {
      int j = Math.min(next, to - L);
      ThreeByThree.run(
          plane,
          first,
          end,
          x,
          xAt + j,
          weights,
          weightsAt + j,
          bias,
          biasAt + j,
          low,
          high,
          y,
          yAt + j,
          work);
    }
  }

  /**
   * A vector of channels of a row of windows with nine cells, as most have: the weights stay in
   * registers.
   */
  private static void nine(
      int windows,
      float[] x,
      int xAt,
      int xStep,
      int[] places,
      float[] weights,
      int weightsAt,
      int[] kernel,
      float[] bias,
      int biasAt,
      float[] residual,
      int residualAt,
      int residualStep,
      float low,
      float high,
      float[] y,
      int yAt,
      int yStep) {
    FloatVector w0 = load(weights, weightsAt + kernel[0]);
    FloatVector w1 = load(weights, weightsAt + kernel[1]);
    FloatVector w2 = load(weights, weightsAt + kernel[2]);
    FloatVector w3 = load(weights, weightsAt + kernel[3]);
    FloatVector w4 = load(weights, weightsAt + kernel[4]);
    FloatVector w5 = load(weights, weightsAt + kernel[5]);
    FloatVector w6 = load(weights, weightsAt + kernel[6]);
    FloatVector w7 = load(weights, weightsAt + kernel[7]);
    FloatVector w8 = load(weights, weightsAt + kernel[8]);
    int p0 = xAt + places[0];
    int p1 = xAt + places[1];
    int p2 = xAt + places[2];
    int p3 = xAt + places[3];
    int p4 = xAt + places[4];
    int p5 = xAt + places[5];
    int p6 = xAt + places[6];
    int p7 = xAt + places[7];
    int p8 = xAt + places[8];
    FloatVector start = load(bias, biasAt);
    FloatVector least = FloatVector.broadcast(S, low);
    FloatVector most = FloatVector.broadcast(S, high);
    for (int window = 0; window < windows; window++) {
      int at = window * xStep;
      FloatVector s = start.add(load(residual, residualAt + window * residualStep));
      s = load(x, p0 + at).fma(w0, s);
      s = load(x, p1 + at).fma(w1, s);
      s = load(x, p2 + at).fma(w2, s);
      s = load(x, p3 + at).fma(w3, s);
      s = load(x, p4 + at).fma(w4, s);
      s = load(x, p5 + at).fma(w5, s);
      s = load(x, p6 + at).fma(w6, s);
      s = load(x, p7 + at).fma(w7, s);
      s = load(x, p8 + at).fma(w8, s);
      FloatVector bounded = s.blend(least, s.lt(least));
      bounded.blend(most, most.lt(bounded)).intoArray(y, yAt + window * yStep);
    }
  }

  private static void four(
      float[] x,
      int xAt,
      int[] places,
      int count,
      float[] weights,
      int weightsAt,
      int[] kernel,
      float[] bias,
      int biasAt,
      float[] residual,
      int residualAt,
      float low,
      float high,
      float[] y,
      int yAt) {
    FloatVector s0 = start(bias, biasAt, residual, residualAt);
    FloatVector s1 = start(bias, biasAt + L, residual, residualAt + L);
    FloatVector s2 = start(bias, biasAt + 2 * L, residual, residualAt + 2 * L);
    FloatVector s3 = start(bias, biasAt + 3 * L, residual, residualAt + 3 * L);
    for (int cell = 0; cell < count; cell++) {
      int from = xAt + places[cell];
      int weight = weightsAt + kernel[cell];
      s0 = load(x, from).fma(load(weights, weight), s0);
      s1 = load(x, from + L).fma(load(weights, weight + L), s1);
      s2 = load(x, from + 2 * L).fma(load(weights, weight + 2 * L), s2);
      s3 = load(x, from + 3 * L).fma(load(weights, weight + 3 * L), s3);
    }
    FloatVector least = FloatVector.broadcast(S, low);
    FloatVector most = FloatVector.broadcast(S, high);
    store(s0, least, most, y, yAt);
    store(s1, least, most, y, yAt + L);
    store(s2, least, most, y, yAt + 2 * L);
    store(s3, least, most, y, yAt + 3 * L);
  }

  private static void one(
      float[] x,
      int xAt,
      int[] places,
      int count,
      float[] weights,
      int weightsAt,
      int[] kernel,
      float[] bias,
      int biasAt,
      float[] residual,
      int residualAt,
      float low,
      float high,
      float[] y,
      int yAt) {
    FloatVector s = start(bias, biasAt, residual, residualAt);
    for (int cell = 0; cell < count; cell++) {
      s = load(x, xAt + places[cell]).fma(load(weights, weightsAt + kernel[cell]), s);
    }
    store(s, FloatVector.broadcast(S, low), FloatVector.broadcast(S, high), y, yAt);
  }

  private static FloatVector load(float[] x, int at) {
    return FloatVector.fromArray(S, x, at);
  }

  private static FloatVector start(float[] bias, int biasAt, float[] residual, int residualAt) {
    return load(bias, biasAt).add(load(residual, residualAt));
  }

  private static void store(
      FloatVector sum, FloatVector least, FloatVector most, float[] y, int at) {
    FloatVector bounded = sum.blend(least, sum.lt(least));
    bounded.blend(most, most.lt(bounded)).intoArray(y, at);
  }
}
