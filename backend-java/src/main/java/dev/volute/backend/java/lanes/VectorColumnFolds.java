package dev.volute.backend.java.lanes;

import dev.volute.backend.java.simd.ColumnFolds;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * A vector of columns at a time, the last few columns one by one. Six rows in a row make methods of
 * more than 325 bytecodes, which are compiled by themselves: see {@link VectorRows#combination}.
 */
final class VectorColumnFolds implements ColumnFolds {
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
  public void sumAndCentredDot(
      int rows,
      int width,
      float[] x,
      int xAt,
      float[] mean,
      int meanAt,
      float[] y,
      int yAt,
      float[] sums,
      int sumsAt,
      float[] products,
      int productsAt) {
    int j = 0;
    for (; j <= width - L; j += L) {
      FloatVector m = load(mean, meanAt + j);
      FloatVector s0 = FloatVector.zero(S);
      FloatVector p0 = FloatVector.zero(S);
      FloatVector s1 = FloatVector.zero(S);
      FloatVector p1 = FloatVector.zero(S);
      FloatVector s2 = FloatVector.zero(S);
      FloatVector p2 = FloatVector.zero(S);
      FloatVector s3 = FloatVector.zero(S);
      FloatVector p3 = FloatVector.zero(S);
      FloatVector s4 = FloatVector.zero(S);
      FloatVector p4 = FloatVector.zero(S);
      FloatVector s5 = FloatVector.zero(S);
      FloatVector p5 = FloatVector.zero(S);
      int i = 0;
      int at = j;
      for (; i <= rows - 6; i += 6, at += 6 * width) {
        FloatVector y0 = load(y, yAt + at);
        s0 = s0.add(y0);
        p0 = load(x, xAt + at).sub(m).fma(y0, p0);
        FloatVector y1 = load(y, yAt + at + width);
        s1 = s1.add(y1);
        p1 = load(x, xAt + at + width).sub(m).fma(y1, p1);
        FloatVector y2 = load(y, yAt + at + 2 * width);
        s2 = s2.add(y2);
        p2 = load(x, xAt + at + 2 * width).sub(m).fma(y2, p2);
        FloatVector y3 = load(y, yAt + at + 3 * width);
        s3 = s3.add(y3);
        p3 = load(x, xAt + at + 3 * width).sub(m).fma(y3, p3);
        FloatVector y4 = load(y, yAt + at + 4 * width);
        s4 = s4.add(y4);
        p4 = load(x, xAt + at + 4 * width).sub(m).fma(y4, p4);
        FloatVector y5 = load(y, yAt + at + 5 * width);
        s5 = s5.add(y5);
        p5 = load(x, xAt + at + 5 * width).sub(m).fma(y5, p5);
      }
      for (; i < rows; i++, at += width) {
        FloatVector y0 = load(y, yAt + at);
        s0 = s0.add(y0);
        p0 = load(x, xAt + at).sub(m).fma(y0, p0);
      }
      s0.add(s1).add(s2.add(s3)).add(s4.add(s5)).intoArray(sums, sumsAt + j);
      p0.add(p1).add(p2.add(p3)).add(p4.add(p5)).intoArray(products, productsAt + j);
    }
    for (; j < width; j++) {
      float s = 0;
      float p = 0;
      for (int i = 0, at = j; i < rows; i++, at += width) {
        s += y[yAt + at];
        p += (x[xAt + at] - mean[meanAt + j]) * y[yAt + at];
      }
      sums[sumsAt + j] = s;
      products[productsAt + j] = p;
    }
  }

  private static FloatVector square(FloatVector v, FloatVector sum) {
    return v.fma(v, sum);
  }
}
