package dev.volute.backend.java.lanes;

import dev.volute.backend.java.simd.ColumnScaling;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Two vectors in a turn, side by side: what comes from far away is read a whole line and its
 * neighbour at a time. Of a last vector of columns alone, two rows are in a turn. What is left is
 * done one by one.
 */
final class VectorColumnScaling implements ColumnScaling {
  private static final VectorSpecies<Float> S = VectorLanes.FLOATS;
  private static final int L = S.length();

  private static FloatVector load(float[] from, int at) {
    return FloatVector.fromArray(S, from, at);
  }

  @Override
  public void affine(
      int rows,
      int width,
      float[] y,
      int yAt,
      float[] x,
      int xAt,
      float[] factor,
      int factorAt,
      float[] shift,
      int shiftAt,
      boolean added,
      float[] residual,
      int residualAt,
      float low,
      float high) {
    int pairs = width / (2 * L) * 2 * L;
    int vectors = width / L * L;
    for (int j = 0; j < vectors; j += 2 * L) {
      boolean pair = j < pairs;
      int turns = pair ? rows : rows / 2;
      int step = pair ? width : 2 * width;
      int apart = pair ? L : width;
      int next = pair ? L : 0;
      if (added) {
        sum(
            turns,
            step,
            apart,
            next,
            y,
            yAt + j,
            x,
            xAt + j,
            factor,
            factorAt + j,
            shift,
            shiftAt + j,
            residual,
            residualAt + j,
            low,
            high);
      } else {
        scale(
            turns,
            step,
            apart,
            next,
            y,
            yAt + j,
            x,
            xAt + j,
            factor,
            factorAt + j,
            shift,
            shiftAt + j,
            low,
            high);
      }
    }
    // The last row of a vector of columns alone, and the last columns.
    for (int j = pairs; j < width; j++) {
      int i = j < vectors ? rows / 2 * 2 : 0;
      for (int at = i * width + j; i < rows; i++, at += width) {
        float sum = Math.fma(x[xAt + at], factor[factorAt + j], shift[shiftAt + j]);
        sum += added ? residual[residualAt + at] : 0;
        sum = sum < low ? low : sum;
        y[yAt + at] = sum > high ? high : sum;
      }
    }
  }

  /**
   * Two vectors of columns in some turns.
   *
   * @param step from a turn to the next
   * @param apart from the first vector to the second
   * @param next from what the first vector's columns have to what the second's have
   */
  private static void scale(
      int turns,
      int step,
      int apart,
      int next,
      float[] y,
      int yAt,
      float[] x,
      int xAt,
      float[] factor,
      int factorAt,
      float[] shift,
      int shiftAt,
      float low,
      float high) {
    FloatVector least = FloatVector.broadcast(S, low);
    FloatVector most = FloatVector.broadcast(S, high);
    FloatVector f0 = load(factor, factorAt);
    FloatVector s0 = load(shift, shiftAt);
    FloatVector f1 = load(factor, factorAt + next);
    FloatVector s1 = load(shift, shiftAt + next);
    int i = 0;
    int at = 0;
    for (; i <= turns - 3; i += 3, at += 3 * step) {
      bounded(load(x, xAt + at).fma(f0, s0), least, most).intoArray(y, yAt + at);
      bounded(load(x, xAt + at + apart).fma(f1, s1), least, most).intoArray(y, yAt + at + apart);
      bounded(load(x, xAt + at + step).fma(f0, s0), least, most).intoArray(y, yAt + at + step);
      bounded(load(x, xAt + at + step + apart).fma(f1, s1), least, most)
          .intoArray(y, yAt + at + step + apart);
      bounded(load(x, xAt + at + 2 * step).fma(f0, s0), least, most)
          .intoArray(y, yAt + at + 2 * step);
      bounded(load(x, xAt + at + 2 * step + apart).fma(f1, s1), least, most)
          .intoArray(y, yAt + at + 2 * step + apart);
    }
    for (; i < turns; i++, at += step) {
      bounded(load(x, xAt + at).fma(f0, s0), least, most).intoArray(y, yAt + at);
      bounded(load(x, xAt + at + apart).fma(f1, s1), least, most).intoArray(y, yAt + at + apart);
    }
  }

  /** As {@link #scale}, and adds the residual. */
  private static void sum(
      int turns,
      int step,
      int apart,
      int next,
      float[] y,
      int yAt,
      float[] x,
      int xAt,
      float[] factor,
      int factorAt,
      float[] shift,
      int shiftAt,
      float[] residual,
      int residualAt,
      float low,
      float high) {
    FloatVector least = FloatVector.broadcast(S, low);
    FloatVector most = FloatVector.broadcast(S, high);
    FloatVector f0 = load(factor, factorAt);
    FloatVector s0 = load(shift, shiftAt);
    FloatVector f1 = load(factor, factorAt + next);
    FloatVector s1 = load(shift, shiftAt + next);
    int i = 0;
    int at = 0;
    for (; i <= turns - 3; i += 3, at += 3 * step) {
      bounded(load(x, xAt + at).fma(f0, s0).add(load(residual, residualAt + at)), least, most)
          .intoArray(y, yAt + at);
      bounded(
              load(x, xAt + at + apart).fma(f1, s1).add(load(residual, residualAt + at + apart)),
              least,
              most)
          .intoArray(y, yAt + at + apart);
      bounded(
              load(x, xAt + at + step).fma(f0, s0).add(load(residual, residualAt + at + step)),
              least,
              most)
          .intoArray(y, yAt + at + step);
      bounded(
              load(x, xAt + at + step + apart)
                  .fma(f1, s1)
                  .add(load(residual, residualAt + at + step + apart)),
              least,
              most)
          .intoArray(y, yAt + at + step + apart);
      bounded(
              load(x, xAt + at + 2 * step)
                  .fma(f0, s0)
                  .add(load(residual, residualAt + at + 2 * step)),
              least,
              most)
          .intoArray(y, yAt + at + 2 * step);
      bounded(
              load(x, xAt + at + 2 * step + apart)
                  .fma(f1, s1)
                  .add(load(residual, residualAt + at + 2 * step + apart)),
              least,
              most)
          .intoArray(y, yAt + at + 2 * step + apart);
    }
    for (; i < turns; i++, at += step) {
      bounded(load(x, xAt + at).fma(f0, s0).add(load(residual, residualAt + at)), least, most)
          .intoArray(y, yAt + at);
      bounded(
              load(x, xAt + at + apart).fma(f1, s1).add(load(residual, residualAt + at + apart)),
              least,
              most)
          .intoArray(y, yAt + at + apart);
    }
  }

  /** NaN stays NaN. */
  private static FloatVector bounded(FloatVector v, FloatVector least, FloatVector most) {
    FloatVector notLess = v.blend(least, v.lt(least));
    return notLess.blend(most, most.lt(notLess));
  }

  @Override
  public void combination(
      int rows,
      int width,
      float[] y,
      int yAt,
      float[] a,
      int aAt,
      float[] aFactor,
      int aFactorAt,
      float[] b,
      int bAt,
      float[] bMean,
      int bMeanAt,
      float[] bFactor,
      int bFactorAt,
      float[] shift,
      int shiftAt) {
    int pairs = width / (2 * L) * 2 * L;
    int vectors = width / L * L;
    for (int j = 0; j < vectors; j += 2 * L) {
      boolean pair = j < pairs;
      combine(
          pair ? rows : rows / 2,
          pair ? width : 2 * width,
          pair ? L : width,
          pair ? L : 0,
          y,
          yAt + j,
          a,
          aAt + j,
          aFactor,
          aFactorAt + j,
          b,
          bAt + j,
          bMean,
          bMeanAt + j,
          bFactor,
          bFactorAt + j,
          shift,
          shiftAt + j);
    }
    for (int j = pairs; j < width; j++) {
      int i = j < vectors ? rows / 2 * 2 : 0;
      for (int at = i * width + j; i < rows; i++, at += width) {
        float ofB = b[bAt + at] - bMean[bMeanAt + j];
        ofB = Math.fma(ofB, bFactor[bFactorAt + j], shift[shiftAt + j]);
        y[yAt + at] = Math.fma(a[aAt + at], aFactor[aFactorAt + j], ofB);
      }
    }
  }

  /** As {@link #scale}, of two arguments. */
  private static void combine(
      int turns,
      int step,
      int apart,
      int next,
      float[] y,
      int yAt,
      float[] a,
      int aAt,
      float[] aFactor,
      int aFactorAt,
      float[] b,
      int bAt,
      float[] bMean,
      int bMeanAt,
      float[] bFactor,
      int bFactorAt,
      float[] shift,
      int shiftAt) {
    FloatVector ofA0 = load(aFactor, aFactorAt);
    FloatVector m0 = load(bMean, bMeanAt);
    FloatVector ofB0 = load(bFactor, bFactorAt);
    FloatVector s0 = load(shift, shiftAt);
    FloatVector ofA1 = load(aFactor, aFactorAt + next);
    FloatVector m1 = load(bMean, bMeanAt + next);
    FloatVector ofB1 = load(bFactor, bFactorAt + next);
    FloatVector s1 = load(shift, shiftAt + next);
    int i = 0;
    int at = 0;
    for (; i <= turns - 3; i += 3, at += 3 * step) {
      load(a, aAt + at).fma(ofA0, load(b, bAt + at).sub(m0).fma(ofB0, s0)).intoArray(y, yAt + at);
      load(a, aAt + at + apart)
          .fma(ofA1, load(b, bAt + at + apart).sub(m1).fma(ofB1, s1))
          .intoArray(y, yAt + at + apart);
      load(a, aAt + at + step)
          .fma(ofA0, load(b, bAt + at + step).sub(m0).fma(ofB0, s0))
          .intoArray(y, yAt + at + step);
      load(a, aAt + at + step + apart)
          .fma(ofA1, load(b, bAt + at + step + apart).sub(m1).fma(ofB1, s1))
          .intoArray(y, yAt + at + step + apart);
      load(a, aAt + at + 2 * step)
          .fma(ofA0, load(b, bAt + at + 2 * step).sub(m0).fma(ofB0, s0))
          .intoArray(y, yAt + at + 2 * step);
      load(a, aAt + at + 2 * step + apart)
          .fma(ofA1, load(b, bAt + at + 2 * step + apart).sub(m1).fma(ofB1, s1))
          .intoArray(y, yAt + at + 2 * step + apart);
    }
    for (; i < turns; i++, at += step) {
      load(a, aAt + at).fma(ofA0, load(b, bAt + at).sub(m0).fma(ofB0, s0)).intoArray(y, yAt + at);
      load(a, aAt + at + apart)
          .fma(ofA1, load(b, bAt + at + apart).sub(m1).fma(ofB1, s1))
          .intoArray(y, yAt + at + apart);
    }
  }
}
