package dev.volute.backend.java.lanes;

import dev.volute.backend.java.plain.Scalars;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The functions of {@link Scalars} on vectors: the same operations in the same order. Their
 * constants are numbers, because the compiler keeps those in registers while a loop runs; static
 * vectors are loaded anew for each use. A loop has room for one of these functions: where it grows
 * too large, C2 makes objects of vectors.
 */
final class VectorFunctions {
  private static final VectorSpecies<Float> S = VectorLanes.FLOATS;
  private static final FloatVector ONE = FloatVector.broadcast(S, 1f);

  private static final float ROUNDING = 12582912f;
  private static final int ONE_BITS = 0x3F800000;
  private static final int ROOT_HALF = 0x3F3504F3;
  private static final float TANH_LIMIT = 7.90531110763549805f;

  private VectorFunctions() {}

  private static FloatVector mulAdd(FloatVector a, float b, float c) {
    return a.fma(FloatVector.broadcast(S, b), FloatVector.broadcast(S, c));
  }

  private static FloatVector mulAdd(FloatVector a, float b, FloatVector c) {
    return a.fma(FloatVector.broadcast(S, b), c);
  }

  private static FloatVector mulAdd(FloatVector a, FloatVector b, float c) {
    return a.fma(b, FloatVector.broadcast(S, c));
  }

  /** At most {@code limit}; NaN stays NaN. */
  private static FloatVector atMost(FloatVector x, float limit) {
    return x.blend(limit, x.compare(VectorOperators.GT, limit));
  }

  private static FloatVector atLeast(FloatVector x, float limit) {
    return x.blend(limit, x.compare(VectorOperators.LT, limit));
  }

  static FloatVector exp(FloatVector x) {
    FloatVector clamped = atLeast(atMost(x, 89f), -104f);
    FloatVector shifted = mulAdd(clamped, 1.44269504088896341f, ROUNDING);
    FloatVector whole = shifted.sub(ROUNDING);
    IntVector n = shifted.reinterpretAsInts().sub(Float.floatToRawIntBits(ROUNDING));
    FloatVector r = mulAdd(whole, 2.12194440e-4f, mulAdd(whole, -0.693359375f, clamped));
    FloatVector p = mulAdd(r, 1.9875691500e-4f, 1.3981999507e-3f);
    p = mulAdd(p, r, 8.3334519073e-3f);
    p = mulAdd(p, r, 4.1665795894e-2f);
    p = mulAdd(p, r, 1.6666665459e-1f);
    p = mulAdd(p, r, 5.0000001201e-1f);
    p = p.fma(r.mul(r), r).add(1f);
    IntVector half = n.lanewise(VectorOperators.ASHR, 1);
    return p.mul(powerOfTwo(half)).mul(powerOfTwo(n.sub(half)));
  }

  private static FloatVector powerOfTwo(IntVector n) {
    return n.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
  }

  static FloatVector sigmoid(FloatVector x) {
    return ONE.div(exp(x.neg()).add(1f));
  }

  static FloatVector tanh(FloatVector x) {
    FloatVector c = atLeast(atMost(x, TANH_LIMIT), -TANH_LIMIT);
    FloatVector u = c.mul(c);
    FloatVector p = mulAdd(u, -2.76076847742355e-16f, 2.00018790482477e-13f);
    p = mulAdd(p, u, -8.60467152213735e-11f);
    p = mulAdd(p, u, 5.12229709037114e-08f);
    p = mulAdd(p, u, 1.48572235717979e-05f);
    p = mulAdd(p, u, 6.37261928875436e-04f);
    p = mulAdd(p, u, 4.89352455891786e-03f);
    FloatVector q = mulAdd(u, 1.19825839466702e-06f, 1.18534705686654e-04f);
    q = mulAdd(q, u, 2.26843463243900e-03f);
    q = mulAdd(q, u, 4.89352518554385e-03f);
    return c.mul(p.div(q));
  }

  static FloatVector log(FloatVector x) {
    VectorMask<Float> tiny = x.compare(VectorOperators.LT, Float.MIN_NORMAL);
    IntVector bits = x.blend(x.mul(0x1p23f), tiny).reinterpretAsInts().add(ONE_BITS - ROOT_HALF);
    IntVector exponent = bits.lanewise(VectorOperators.ASHR, 23).sub(127);
    FloatVector e = (FloatVector) exponent.convert(VectorOperators.I2F, 0);
    FloatVector n = e.blend(e.sub(23f), tiny);
    FloatVector m = bits.and(0x007FFFFF).add(ROOT_HALF).reinterpretAsFloats().sub(1f);
    FloatVector z = m.mul(m);
    FloatVector p = mulAdd(m, 7.0376836292e-2f, -1.1514610310e-1f);
    p = mulAdd(p, m, 1.1676998740e-1f);
    p = mulAdd(p, m, -1.2420140846e-1f);
    p = mulAdd(p, m, 1.4249322787e-1f);
    p = mulAdd(p, m, -1.6668057665e-1f);
    p = mulAdd(p, m, 2.0000714765e-1f);
    p = mulAdd(p, m, -2.4999993993e-1f);
    p = mulAdd(p, m, 3.3333331174e-1f);
    FloatVector y = mulAdd(z, -0.5f, mulAdd(n, -2.12194440e-4f, p.mul(m).mul(z)));
    y = mulAdd(n, 0.693359375f, m.add(y));
    y = y.blend(Float.NaN, x.compare(VectorOperators.LT, 0f));
    y = y.blend(Float.NEGATIVE_INFINITY, x.compare(VectorOperators.EQ, 0f));
    VectorMask<Float> finite = x.compare(VectorOperators.LT, Float.POSITIVE_INFINITY);
    return x.blend(y, finite);
  }

  static FloatVector sign(FloatVector x) {
    return x.blend(1f, x.compare(VectorOperators.GT, 0f))
        .blend(-1f, x.compare(VectorOperators.LT, 0f));
  }

  /** max(x, 0); NaN stays NaN. */
  static FloatVector relu(FloatVector x) {
    return x.blend(0f, x.compare(VectorOperators.LE, 0f));
  }
}
