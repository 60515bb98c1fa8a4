package dev.volute.backend.java.lanes;

import dev.volute.backend.java.simd.ColumnFunctions;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Functions of each element and of what its column has. Two vectors of columns side by side go
 * first: what comes from far away is read a whole line and its neighbour at a time. Each loop has a
 * method of its own, since one that holds more is compiled into code that keeps vectors as objects.
 */
final class ScaledColumns {
  private static final VectorSpecies<Float> S = VectorLanes.FLOATS;
  private static final int L = S.length();

  private ScaledColumns() {}

  private static FloatVector load(float[] from, int at) {
    return FloatVector.fromArray(S, from, at);
  }

  /** As {@link ColumnFunctions#affine} says. */
  static void affine(
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
    int last = width / L * L - L;
    if (added) {
      sumPairs(
          rows,
          width,
          y,
          yAt,
          x,
          xAt,
          factor,
          factorAt,
          shift,
          shiftAt,
          residual,
          residualAt,
          low,
          high);
    } else {
      scalePairs(rows, width, y, yAt, x, xAt, factor, factorAt, shift, shiftAt, low, high);
    }
    if (width % (2 * L) >= L) {
      if (added) {
        sumColumn(
            last,
            rows,
            width,
            y,
            yAt,
            x,
            xAt,
            factor,
            factorAt,
            shift,
            shiftAt,
            residual,
            residualAt,
            low,
            high);
      } else {
        scaleColumn(last, rows, width, y, yAt, x, xAt, factor, factorAt, shift, shiftAt, low, high);
      }
    }
    for (int j = width / L * L; j < width; j++) {
      for (int i = 0, at = j; i < rows; i++, at += width) {
        float sum = Math.fma(x[xAt + at], factor[factorAt + j], shift[shiftAt + j]);
        sum += added ? residual[residualAt + at] : 0;
        sum = sum < low ? low : sum;
        y[yAt + at] = sum > high ? high : sum;
      }
    }
  }

  private static void scalePairs(
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
      float low,
      float high) {
    FloatVector least = FloatVector.broadcast(S, low);
    FloatVector most = FloatVector.broadcast(S, high);
    for (int j = 0; j <= width - 2 * L; j += 2 * L) {
      FloatVector f = load(factor, factorAt + j);
      FloatVector s = load(shift, shiftAt + j);
      FloatVector g = load(factor, factorAt + j + L);
      FloatVector t = load(shift, shiftAt + j + L);
      int i = 0;
      int at = j;
      for (; i <= rows - 3; i += 3, at += 3 * width) {
        bounded(load(x, xAt + at).fma(f, s), least, most).intoArray(y, yAt + at);
        bounded(load(x, xAt + at + L).fma(g, t), least, most).intoArray(y, yAt + at + L);
        bounded(load(x, xAt + at + width).fma(f, s), least, most).intoArray(y, yAt + at + width);
        bounded(load(x, xAt + at + width + L).fma(g, t), least, most)
            .intoArray(y, yAt + at + width + L);
        bounded(load(x, xAt + at + 2 * width).fma(f, s), least, most)
            .intoArray(y, yAt + at + 2 * width);
        bounded(load(x, xAt + at + 2 * width + L).fma(g, t), least, most)
            .intoArray(y, yAt + at + 2 * width + L);
      }
      for (; i < rows; i++, at += width) {
        bounded(load(x, xAt + at).fma(f, s), least, most).intoArray(y, yAt + at);
        bounded(load(x, xAt + at + L).fma(g, t), least, most).intoArray(y, yAt + at + L);
      }
    }
  }

  private static void scaleColumn(
      int j,
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
      float low,
      float high) {
    FloatVector least = FloatVector.broadcast(S, low);
    FloatVector most = FloatVector.broadcast(S, high);
    FloatVector f = load(factor, factorAt + j);
    FloatVector s = load(shift, shiftAt + j);
    int i = 0;
    int at = j;
    for (; i <= rows - 6; i += 6, at += 6 * width) {
      bounded(load(x, xAt + at).fma(f, s), least, most).intoArray(y, yAt + at);
      bounded(load(x, xAt + at + width).fma(f, s), least, most).intoArray(y, yAt + at + width);
      bounded(load(x, xAt + at + 2 * width).fma(f, s), least, most)
          .intoArray(y, yAt + at + 2 * width);
      bounded(load(x, xAt + at + 3 * width).fma(f, s), least, most)
          .intoArray(y, yAt + at + 3 * width);
      bounded(load(x, xAt + at + 4 * width).fma(f, s), least, most)
          .intoArray(y, yAt + at + 4 * width);
      bounded(load(x, xAt + at + 5 * width).fma(f, s), least, most)
          .intoArray(y, yAt + at + 5 * width);
    }
    for (; i < rows; i++, at += width) {
      bounded(load(x, xAt + at).fma(f, s), least, most).intoArray(y, yAt + at);
    }
  }

  private static void sumPairs(
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
      float[] residual,
      int residualAt,
      float low,
      float high) {
    FloatVector least = FloatVector.broadcast(S, low);
    FloatVector most = FloatVector.broadcast(S, high);
    for (int j = 0; j <= width - 2 * L; j += 2 * L) {
      FloatVector f = load(factor, factorAt + j);
      FloatVector s = load(shift, shiftAt + j);
      FloatVector g = load(factor, factorAt + j + L);
      FloatVector t = load(shift, shiftAt + j + L);
      int i = 0;
      int at = j;
      for (; i <= rows - 3; i += 3, at += 3 * width) {
        bounded(load(x, xAt + at).fma(f, s).add(load(residual, residualAt + at)), least, most)
            .intoArray(y, yAt + at);
        bounded(
                load(x, xAt + at + L).fma(g, t).add(load(residual, residualAt + at + L)),
                least,
                most)
            .intoArray(y, yAt + at + L);
        bounded(
                load(x, xAt + at + width).fma(f, s).add(load(residual, residualAt + at + width)),
                least,
                most)
            .intoArray(y, yAt + at + width);
        bounded(
                load(x, xAt + at + width + L)
                    .fma(g, t)
                    .add(load(residual, residualAt + at + width + L)),
                least,
                most)
            .intoArray(y, yAt + at + width + L);
        bounded(
                load(x, xAt + at + 2 * width)
                    .fma(f, s)
                    .add(load(residual, residualAt + at + 2 * width)),
                least,
                most)
            .intoArray(y, yAt + at + 2 * width);
        bounded(
                load(x, xAt + at + 2 * width + L)
                    .fma(g, t)
                    .add(load(residual, residualAt + at + 2 * width + L)),
                least,
                most)
            .intoArray(y, yAt + at + 2 * width + L);
      }
      for (; i < rows; i++, at += width) {
        bounded(load(x, xAt + at).fma(f, s).add(load(residual, residualAt + at)), least, most)
            .intoArray(y, yAt + at);
        bounded(
                load(x, xAt + at + L).fma(g, t).add(load(residual, residualAt + at + L)),
                least,
                most)
            .intoArray(y, yAt + at + L);
      }
    }
  }

  private static void sumColumn(
      int j,
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
      float[] residual,
      int residualAt,
      float low,
      float high) {
    FloatVector least = FloatVector.broadcast(S, low);
    FloatVector most = FloatVector.broadcast(S, high);
    FloatVector f = load(factor, factorAt + j);
    FloatVector s = load(shift, shiftAt + j);
    int i = 0;
    int at = j;
    for (; i <= rows - 6; i += 6, at += 6 * width) {
      bounded(load(x, xAt + at).fma(f, s).add(load(residual, residualAt + at)), least, most)
          .intoArray(y, yAt + at);
      bounded(
              load(x, xAt + at + width).fma(f, s).add(load(residual, residualAt + at + width)),
              least,
              most)
          .intoArray(y, yAt + at + width);
      bounded(
              load(x, xAt + at + 2 * width)
                  .fma(f, s)
                  .add(load(residual, residualAt + at + 2 * width)),
              least,
              most)
          .intoArray(y, yAt + at + 2 * width);
      bounded(
              load(x, xAt + at + 3 * width)
                  .fma(f, s)
                  .add(load(residual, residualAt + at + 3 * width)),
              least,
              most)
          .intoArray(y, yAt + at + 3 * width);
      bounded(
              load(x, xAt + at + 4 * width)
                  .fma(f, s)
                  .add(load(residual, residualAt + at + 4 * width)),
              least,
              most)
          .intoArray(y, yAt + at + 4 * width);
      bounded(
              load(x, xAt + at + 5 * width)
                  .fma(f, s)
                  .add(load(residual, residualAt + at + 5 * width)),
              least,
              most)
          .intoArray(y, yAt + at + 5 * width);
    }
    for (; i < rows; i++, at += width) {
      bounded(load(x, xAt + at).fma(f, s).add(load(residual, residualAt + at)), least, most)
          .intoArray(y, yAt + at);
    }
  }

  /** As {@link ColumnFunctions#combination} says. */
  static void combination(
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
    combinePairs(
        rows, width, y, yAt, a, aAt, aFactor, aFactorAt, b, bAt, bMean, bMeanAt, bFactor, bFactorAt,
        shift, shiftAt);
    if (width % (2 * L) >= L) {
      combineColumn(
          width / L * L - L,
          rows,
          width,
          y,
          yAt,
          a,
          aAt,
          aFactor,
          aFactorAt,
          b,
          bAt,
          bMean,
          bMeanAt,
          bFactor,
          bFactorAt,
          shift,
          shiftAt);
    }
    for (int j = width / L * L; j < width; j++) {
      for (int i = 0, at = j; i < rows; i++, at += width) {
        y[yAt + at] =
            Math.fma(
                a[aAt + at],
                aFactor[aFactorAt + j],
                Math.fma(
                    b[bAt + at] - bMean[bMeanAt + j], bFactor[bFactorAt + j], shift[shiftAt + j]));
      }
    }
  }

  private static void combinePairs(
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
    for (int j = 0; j <= width - 2 * L; j += 2 * L) {
      FloatVector ofA0 = load(aFactor, aFactorAt + j);
      FloatVector m0 = load(bMean, bMeanAt + j);
      FloatVector ofB0 = load(bFactor, bFactorAt + j);
      FloatVector s0 = load(shift, shiftAt + j);
      FloatVector ofA1 = load(aFactor, aFactorAt + j + L);
      FloatVector m1 = load(bMean, bMeanAt + j + L);
      FloatVector ofB1 = load(bFactor, bFactorAt + j + L);
      FloatVector s1 = load(shift, shiftAt + j + L);
      int i = 0;
      int at = j;
      for (; i <= rows - 3; i += 3, at += 3 * width) {
        load(a, aAt + at).fma(ofA0, load(b, bAt + at).sub(m0).fma(ofB0, s0)).intoArray(y, yAt + at);
        load(a, aAt + at + L)
            .fma(ofA1, load(b, bAt + at + L).sub(m1).fma(ofB1, s1))
            .intoArray(y, yAt + at + L);
        load(a, aAt + at + width)
            .fma(ofA0, load(b, bAt + at + width).sub(m0).fma(ofB0, s0))
            .intoArray(y, yAt + at + width);
        load(a, aAt + at + width + L)
            .fma(ofA1, load(b, bAt + at + width + L).sub(m1).fma(ofB1, s1))
            .intoArray(y, yAt + at + width + L);
        load(a, aAt + at + 2 * width)
            .fma(ofA0, load(b, bAt + at + 2 * width).sub(m0).fma(ofB0, s0))
            .intoArray(y, yAt + at + 2 * width);
        load(a, aAt + at + 2 * width + L)
            .fma(ofA1, load(b, bAt + at + 2 * width + L).sub(m1).fma(ofB1, s1))
            .intoArray(y, yAt + at + 2 * width + L);
      }
      for (; i < rows; i++, at += width) {
        load(a, aAt + at).fma(ofA0, load(b, bAt + at).sub(m0).fma(ofB0, s0)).intoArray(y, yAt + at);
        load(a, aAt + at + L)
            .fma(ofA1, load(b, bAt + at + L).sub(m1).fma(ofB1, s1))
            .intoArray(y, yAt + at + L);
      }
    }
  }

  private static void combineColumn(
      int j,
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
    FloatVector ofA0 = load(aFactor, aFactorAt + j);
    FloatVector m0 = load(bMean, bMeanAt + j);
    FloatVector ofB0 = load(bFactor, bFactorAt + j);
    FloatVector s0 = load(shift, shiftAt + j);
    int i = 0;
    int at = j;
    for (; i <= rows - 6; i += 6, at += 6 * width) {
      load(a, aAt + at).fma(ofA0, load(b, bAt + at).sub(m0).fma(ofB0, s0)).intoArray(y, yAt + at);
      load(a, aAt + at + width)
          .fma(ofA0, load(b, bAt + at + width).sub(m0).fma(ofB0, s0))
          .intoArray(y, yAt + at + width);
      load(a, aAt + at + 2 * width)
          .fma(ofA0, load(b, bAt + at + 2 * width).sub(m0).fma(ofB0, s0))
          .intoArray(y, yAt + at + 2 * width);
      load(a, aAt + at + 3 * width)
          .fma(ofA0, load(b, bAt + at + 3 * width).sub(m0).fma(ofB0, s0))
          .intoArray(y, yAt + at + 3 * width);
      load(a, aAt + at + 4 * width)
          .fma(ofA0, load(b, bAt + at + 4 * width).sub(m0).fma(ofB0, s0))
          .intoArray(y, yAt + at + 4 * width);
      load(a, aAt + at + 5 * width)
          .fma(ofA0, load(b, bAt + at + 5 * width).sub(m0).fma(ofB0, s0))
          .intoArray(y, yAt + at + 5 * width);
    }
    for (; i < rows; i++, at += width) {
      load(a, aAt + at).fma(ofA0, load(b, bAt + at).sub(m0).fma(ofB0, s0)).intoArray(y, yAt + at);
    }
  }

  /** NaN stays NaN. */
  private static FloatVector bounded(FloatVector v, FloatVector least, FloatVector most) {
    FloatVector notLess = v.blend(least, v.lt(least));
    return notLess.blend(most, most.lt(notLess));
  }
}
