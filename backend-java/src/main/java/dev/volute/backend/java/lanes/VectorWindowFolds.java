package dev.volute.backend.java.lanes;

import dev.volute.backend.java.simd.WindowFolds;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Folds of a vector of windows at a time, or of a few. */
final class VectorWindowFolds implements WindowFolds {
  private static final VectorSpecies<Float> S = VectorLanes.FLOATS;
  private static final VectorSpecies<Integer> I = VectorLanes.INTS;
  private static final int L = S.length();

  @Override
  public int overrun() {
    return L - 1;
  }

  @Override
  public void sums(
      int n, float[] weights, int[] places, float start, float[] x, int xAt, float[] y) {
    if (places.length == 9) {
      nine(n, weights, places, start, x, xAt, y);
      return;
    }
    int i = 0;
    for (; i + 3 * L < n; i += 4 * L) {
      four(weights, places, start, x, xAt + i, y, i);
    }
    for (; i < n; i += L) {
      FloatVector s = FloatVector.broadcast(S, start);
      for (int c = 0; c < places.length; c++) {
        s = FloatVector.broadcast(S, weights[c]).fma(load(x, xAt + places[c] + i), s);
      }
      s.intoArray(y, i);
    }
  }

  private static FloatVector load(float[] x, int at) {
    return FloatVector.fromArray(S, x, at);
  }

  private static void four(
      float[] weights, int[] places, float start, float[] x, int xAt, float[] y, int yAt) {
    FloatVector s0 = FloatVector.broadcast(S, start);
    FloatVector s1 = FloatVector.broadcast(S, start);
    FloatVector s2 = FloatVector.broadcast(S, start);
    FloatVector s3 = FloatVector.broadcast(S, start);
    for (int c = 0; c < places.length; c++) {
      int at = xAt + places[c];
      FloatVector w = FloatVector.broadcast(S, weights[c]);
      s0 = w.fma(load(x, at), s0);
      s1 = w.fma(load(x, at + L), s1);
      s2 = w.fma(load(x, at + 2 * L), s2);
      s3 = w.fma(load(x, at + 3 * L), s3);
    }
    s0.intoArray(y, yAt);
    s1.intoArray(y, yAt + L);
    s2.intoArray(y, yAt + 2 * L);
    s3.intoArray(y, yAt + 3 * L);
  }

  /** Windows of nine cells, as most are: the weights stay in registers. */
  private static void nine(
      int n, float[] weights, int[] places, float start, float[] x, int xAt, float[] y) {
    int p0 = xAt + places[0];
    int p1 = xAt + places[1];
    int p2 = xAt + places[2];
    int p3 = xAt + places[3];
    int p4 = xAt + places[4];
    int p5 = xAt + places[5];
    int p6 = xAt + places[6];
    int p7 = xAt + places[7];
    int p8 = xAt + places[8];
    FloatVector w0 = FloatVector.broadcast(S, weights[0]);
    FloatVector w1 = FloatVector.broadcast(S, weights[1]);
    FloatVector w2 = FloatVector.broadcast(S, weights[2]);
    FloatVector w3 = FloatVector.broadcast(S, weights[3]);
    FloatVector w4 = FloatVector.broadcast(S, weights[4]);
    FloatVector w5 = FloatVector.broadcast(S, weights[5]);
    FloatVector w6 = FloatVector.broadcast(S, weights[6]);
    FloatVector w7 = FloatVector.broadcast(S, weights[7]);
    FloatVector w8 = FloatVector.broadcast(S, weights[8]);
    for (int i = 0; i < n; i += L) {
      FloatVector s = w0.fma(load(x, p0 + i), FloatVector.broadcast(S, start));
      s = w1.fma(load(x, p1 + i), s);
      s = w2.fma(load(x, p2 + i), s);
      s = w3.fma(load(x, p3 + i), s);
      s = w4.fma(load(x, p4 + i), s);
      s = w5.fma(load(x, p5 + i), s);
      s = w6.fma(load(x, p6 + i), s);
      s = w7.fma(load(x, p7 + i), s);
      w8.fma(load(x, p8 + i), s).intoArray(y, i);
    }
  }

  /** An integer for each value, ordered as they are, NaN above all; both zeros are one. */
  static IntVector ordered(float[] x, int at) {
    FloatVector value = load(x, at).add(0f);
    IntVector bits =
        value.blend(Float.NaN, value.compare(VectorOperators.NE, value)).reinterpretAsInts();
    return bits.lanewise(
        VectorOperators.XOR,
        bits.lanewise(VectorOperators.ASHR, 31).lanewise(VectorOperators.AND, Integer.MAX_VALUE));
  }

  static void store(IntVector ordered, float[] y, int at) {
    ordered
        .lanewise(
            VectorOperators.XOR,
            ordered
                .lanewise(VectorOperators.ASHR, 31)
                .lanewise(VectorOperators.AND, Integer.MAX_VALUE))
        .reinterpretAsFloats()
        .intoArray(y, at);
  }

  @Override
  public void maxima(int n, int[] places, float[] x, int xAt, float[] y) {
    for (int i = 0; i < n; i += L) {
      FloatVector best = load(x, xAt + places[0] + i);
      for (int c = 1; c < places.length; c++) {
        best = best.max(load(x, xAt + places[c] + i));
      }
      best.intoArray(y, i);
    }
  }

  @Override
  public void firstMaxima(int n, int[] places, float[] x, int xAt, float[] y, int[] at) {
    for (int i = 0; i < n; i += L) {
      IntVector best = ordered(x, xAt + places[0] + i);
      IntVector place = IntVector.broadcast(I, 0);
      for (int c = 1; c < places.length; c++) {
        IntVector next = ordered(x, xAt + places[c] + i);
        place = place.blend(c, next.compare(VectorOperators.GT, best));
        best = best.max(next);
      }
      store(best, y, i);
      place.intoArray(at, i);
    }
  }
}
