package dev.volute.backend.java.lanes;

import dev.volute.backend.java.simd.ColumnFunctions;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * A vector of columns at a time, the last few columns one by one. Six rows in a row make methods of
 * more than 325 bytecodes, which are compiled by themselves: see {@link VectorRows#combination}.
 */
final class VectorColumns implements ColumnFunctions {
  private static final VectorSpecies<Float> S = VectorLanes.FLOATS;
  private static final int L = S.length();

  private static FloatVector load(float[] from, int at) {
    return FloatVector.fromArray(S, from, at);
  }

  @Override
  public void sum(int rows, int width, float[] x, int xAt, float[] sums, int sumsAt) {
    int j = 0;
    for (; j <= width - L; j += L) {
      FloatVector s0 = FloatVector.zero(S);
      FloatVector s1 = FloatVector.zero(S);
      FloatVector s2 = FloatVector.zero(S);
      FloatVector s3 = FloatVector.zero(S);
      FloatVector s4 = FloatVector.zero(S);
      FloatVector s5 = FloatVector.zero(S);
      int i = 0;
      int at = j;
      for (; i <= rows - 6; i += 6, at += 6 * width) {
        s0 = s0.add(load(x, xAt + at));
        s1 = s1.add(load(x, xAt + at + width));
        s2 = s2.add(load(x, xAt + at + 2 * width));
        s3 = s3.add(load(x, xAt + at + 3 * width));
        s4 = s4.add(load(x, xAt + at + 4 * width));
        s5 = s5.add(load(x, xAt + at + 5 * width));
      }
      for (; i < rows; i++, at += width) {
        s0 = s0.add(load(x, xAt + at));
      }
      s0.add(s1).add(s2.add(s3)).add(s4.add(s5)).intoArray(sums, sumsAt + j);
    }
    for (; j < width; j++) {
      float s = 0;
      for (int i = 0, at = j; i < rows; i++, at += width) {
        s += x[xAt + at];
      }
      sums[sumsAt + j] = s;
    }
  }

  @Override
  public void centredSquares(
      int rows, int width, float[] x, int xAt, float[] mean, int meanAt, float[] sums, int sumsAt) {
    int j = 0;
    for (; j <= width - L; j += L) {
      FloatVector m = load(mean, meanAt + j);
      FloatVector s0 = FloatVector.zero(S);
      FloatVector s1 = FloatVector.zero(S);
      FloatVector s2 = FloatVector.zero(S);
      FloatVector s3 = FloatVector.zero(S);
      FloatVector s4 = FloatVector.zero(S);
      FloatVector s5 = FloatVector.zero(S);
      int i = 0;
      int at = j;
      for (; i <= rows - 6; i += 6, at += 6 * width) {
        s0 = square(load(x, xAt + at).sub(m), s0);
        s1 = square(load(x, xAt + at + width).sub(m), s1);
        s2 = square(load(x, xAt + at + 2 * width).sub(m), s2);
        s3 = square(load(x, xAt + at + 3 * width).sub(m), s3);
        s4 = square(load(x, xAt + at + 4 * width).sub(m), s4);
        s5 = square(load(x, xAt + at + 5 * width).sub(m), s5);
      }
      for (; i < rows; i++, at += width) {
        s0 = square(load(x, xAt + at).sub(m), s0);
      }
      s0.add(s1).add(s2.add(s3)).add(s4.add(s5)).intoArray(sums, sumsAt + j);
    }
    for (; j < width; j++) {
      float s = 0;
      for (int i = 0, at = j; i < rows; i++, at += width) {
        s += (x[xAt + at] - mean[meanAt + j]) * (x[xAt + at] - mean[meanAt + j]);
      }
      sums[sumsAt + j] = s;
    }
  }

  @Override
  public void centredDot(
      int rows,
      int width,
      float[] x,
      int xAt,
      float[] mean,
      int meanAt,
      float[] y,
      int yAt,
      float[] sums,
      int sumsAt) {
    int j = 0;
    for (; j <= width - L; j += L) {
      FloatVector m = load(mean, meanAt + j);
      FloatVector s0 = FloatVector.zero(S);
      FloatVector s1 = FloatVector.zero(S);
      FloatVector s2 = FloatVector.zero(S);
      FloatVector s3 = FloatVector.zero(S);
      FloatVector s4 = FloatVector.zero(S);
      FloatVector s5 = FloatVector.zero(S);
      int i = 0;
      int at = j;
      for (; i <= rows - 6; i += 6, at += 6 * width) {
        s0 = load(x, xAt + at).sub(m).fma(load(y, yAt + at), s0);
        s1 = load(x, xAt + at + width).sub(m).fma(load(y, yAt + at + width), s1);
        s2 = load(x, xAt + at + 2 * width).sub(m).fma(load(y, yAt + at + 2 * width), s2);
        s3 = load(x, xAt + at + 3 * width).sub(m).fma(load(y, yAt + at + 3 * width), s3);
        s4 = load(x, xAt + at + 4 * width).sub(m).fma(load(y, yAt + at + 4 * width), s4);
        s5 = load(x, xAt + at + 5 * width).sub(m).fma(load(y, yAt + at + 5 * width), s5);
      }
      for (; i < rows; i++, at += width) {
        s0 = load(x, xAt + at).sub(m).fma(load(y, yAt + at), s0);
      }
      s0.add(s1).add(s2.add(s3)).add(s4.add(s5)).intoArray(sums, sumsAt + j);
    }
    for (; j < width; j++) {
      float s = 0;
      for (int i = 0, at = j; i < rows; i++, at += width) {
        s += (x[xAt + at] - mean[meanAt + j]) * y[yAt + at];
      }
      sums[sumsAt + j] = s;
    }
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
      int shiftAt) {
    int j = 0;
    for (; j <= width - L; j += L) {
      FloatVector f = load(factor, factorAt + j);
      FloatVector s = load(shift, shiftAt + j);
      int i = 0;
      int at = j;
      for (; i <= rows - 6; i += 6, at += 6 * width) {
        load(x, xAt + at).fma(f, s).intoArray(y, yAt + at);
        load(x, xAt + at + width).fma(f, s).intoArray(y, yAt + at + width);
        load(x, xAt + at + 2 * width).fma(f, s).intoArray(y, yAt + at + 2 * width);
        load(x, xAt + at + 3 * width).fma(f, s).intoArray(y, yAt + at + 3 * width);
        load(x, xAt + at + 4 * width).fma(f, s).intoArray(y, yAt + at + 4 * width);
        load(x, xAt + at + 5 * width).fma(f, s).intoArray(y, yAt + at + 5 * width);
      }
      for (; i < rows; i++, at += width) {
        load(x, xAt + at).fma(f, s).intoArray(y, yAt + at);
      }
    }
    for (; j < width; j++) {
      for (int i = 0, at = j; i < rows; i++, at += width) {
        y[yAt + at] = Math.fma(x[xAt + at], factor[factorAt + j], shift[shiftAt + j]);
      }
    }
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
    int j = 0;
    for (; j <= width - L; j += L) {
      FloatVector ofA = load(aFactor, aFactorAt + j);
      FloatVector m = load(bMean, bMeanAt + j);
      FloatVector ofB = load(bFactor, bFactorAt + j);
      FloatVector s = load(shift, shiftAt + j);
      int i = 0;
      int at = j;
      for (; i <= rows - 6; i += 6, at += 6 * width) {
        load(a, aAt + at).fma(ofA, load(b, bAt + at).sub(m).fma(ofB, s)).intoArray(y, yAt + at);
        load(a, aAt + at + width)
            .fma(ofA, load(b, bAt + at + width).sub(m).fma(ofB, s))
            .intoArray(y, yAt + at + width);
        load(a, aAt + at + 2 * width)
            .fma(ofA, load(b, bAt + at + 2 * width).sub(m).fma(ofB, s))
            .intoArray(y, yAt + at + 2 * width);
        load(a, aAt + at + 3 * width)
            .fma(ofA, load(b, bAt + at + 3 * width).sub(m).fma(ofB, s))
            .intoArray(y, yAt + at + 3 * width);
        load(a, aAt + at + 4 * width)
            .fma(ofA, load(b, bAt + at + 4 * width).sub(m).fma(ofB, s))
            .intoArray(y, yAt + at + 4 * width);
        load(a, aAt + at + 5 * width)
            .fma(ofA, load(b, bAt + at + 5 * width).sub(m).fma(ofB, s))
            .intoArray(y, yAt + at + 5 * width);
      }
      for (; i < rows; i++, at += width) {
        load(a, aAt + at).fma(ofA, load(b, bAt + at).sub(m).fma(ofB, s)).intoArray(y, yAt + at);
      }
    }
    for (; j < width; j++) {
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

  private static FloatVector square(FloatVector v, FloatVector sum) {
    return v.fma(v, sum);
  }
}
