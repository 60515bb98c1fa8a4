package dev.volute.backend.java.lanes;

import dev.volute.backend.java.plain.Scalars;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The functions of {@link Scalars} on vectors: the same operations in the same order. */
final class VectorFunctions {
  private static final VectorSpecies<Float> S = VectorLanes.FLOATS;
  private static final VectorSpecies<Integer> INTS = VectorLanes.INTS;
  // Vectors, not numbers: the compiler gives up on a loop that grows too large, and each number
  // that
  // is made a vector where it is used makes it larger.
  private static final FloatVector ZERO = all(0f);
  private static final FloatVector ONE = all(1f);
  private static final FloatVector EXP_HIGHEST = all(89f);
  private static final FloatVector EXP_LOWEST = all(-104f);
  private static final FloatVector LOG2_E = all(1.44269504088896341f);
  private static final FloatVector ROUNDING = all(12582912f);
  private static final IntVector ROUNDING_BITS = all(Float.floatToRawIntBits(12582912f));
  private static final FloatVector LN_2_HIGH = all(0.693359375f);
  private static final FloatVector LN_2_LOW = all(2.12194440e-4f);
  private static final FloatVector EXP_7 = all(1.9875691500e-4f);
  private static final FloatVector EXP_6 = all(1.3981999507e-3f);
  private static final FloatVector EXP_5 = all(8.3334519073e-3f);
  private static final FloatVector EXP_4 = all(4.1665795894e-2f);
  private static final FloatVector EXP_3 = all(1.6666665459e-1f);
  private static final FloatVector EXP_2 = all(5.0000001201e-1f);
  private static final IntVector EXPONENT_BIAS = all(127);
  private static final FloatVector TANH_HIGHEST = all(7.90531110763549805f);
  private static final FloatVector TANH_LOWEST = all(-7.90531110763549805f);
  private static final FloatVector TANH_P6 = all(-2.76076847742355e-16f);
  private static final FloatVector TANH_P5 = all(2.00018790482477e-13f);
  private static final FloatVector TANH_P4 = all(-8.60467152213735e-11f);
  private static final FloatVector TANH_P3 = all(5.12229709037114e-08f);
  private static final FloatVector TANH_P2 = all(1.48572235717979e-05f);
  private static final FloatVector TANH_P1 = all(6.37261928875436e-04f);
  private static final FloatVector TANH_P0 = all(4.89352455891786e-03f);
  private static final FloatVector TANH_Q3 = all(1.19825839466702e-06f);
  private static final FloatVector TANH_Q2 = all(1.18534705686654e-04f);
  private static final FloatVector TANH_Q1 = all(2.26843463243900e-03f);
  private static final FloatVector TANH_Q0 = all(4.89352518554385e-03f);

  private VectorFunctions() {}

  private static FloatVector all(float value) {
    return FloatVector.broadcast(S, value);
  }

  private static IntVector all(int value) {
    return IntVector.broadcast(INTS, value);
  }

  static FloatVector exp(FloatVector x) {
    FloatVector clamped = x.min(EXP_HIGHEST).max(EXP_LOWEST);
    FloatVector shifted = clamped.mul(LOG2_E).add(ROUNDING);
    FloatVector whole = shifted.sub(ROUNDING);
    IntVector n = shifted.reinterpretAsInts().sub(ROUNDING_BITS);
    FloatVector r = clamped.sub(whole.mul(LN_2_HIGH)).add(whole.mul(LN_2_LOW));
    FloatVector p = r.mul(EXP_7).add(EXP_6);
    p = p.mul(r).add(EXP_5);
    p = p.mul(r).add(EXP_4);
    p = p.mul(r).add(EXP_3);
    p = p.mul(r).add(EXP_2);
    p = p.mul(r.mul(r)).add(r).add(ONE);
    IntVector half = n.lanewise(VectorOperators.ASHR, 1);
    return p.mul(powerOfTwo(half)).mul(powerOfTwo(n.sub(half)));
  }

  private static FloatVector powerOfTwo(IntVector n) {
    return n.add(EXPONENT_BIAS).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
  }

  static FloatVector sigmoid(FloatVector x) {
    return ONE.div(exp(ZERO.sub(x)).add(ONE));
  }

  static FloatVector tanh(FloatVector x) {
    FloatVector c = x.min(TANH_HIGHEST).max(TANH_LOWEST);
    FloatVector u = c.mul(c);
    FloatVector p = u.mul(TANH_P6).add(TANH_P5);
    p = p.mul(u).add(TANH_P4);
    p = p.mul(u).add(TANH_P3);
    p = p.mul(u).add(TANH_P2);
    p = p.mul(u).add(TANH_P1);
    p = p.mul(u).add(TANH_P0);
    FloatVector q = u.mul(TANH_Q3).add(TANH_Q2);
    q = q.mul(u).add(TANH_Q1);
    q = q.mul(u).add(TANH_Q0);
    return c.mul(p.div(q));
  }

  static FloatVector log(FloatVector x) {
    VectorMask<Float> tiny = x.compare(VectorOperators.LT, Float.MIN_NORMAL);
    IntVector bits = x.blend(x.mul(0x1p23f), tiny).reinterpretAsInts();
    IntVector e = bits.lanewise(VectorOperators.ASHR, 23).sub(126);
    e = e.blend(e.sub(23), tiny.cast(INTS));
    FloatVector m =
        bits.and(0x007FFFFF).lanewise(VectorOperators.OR, 0x3F000000).reinterpretAsFloats();
    VectorMask<Float> low = m.compare(VectorOperators.LT, 0.707106781186547524f);
    e = e.blend(e.sub(1), low.cast(INTS));
    FloatVector n = (FloatVector) e.convert(VectorOperators.I2F, 0);
    m = m.blend(m.add(m), low).sub(1f);
    FloatVector z = m.mul(m);
    FloatVector p = m.mul(7.0376836292e-2f).sub(1.1514610310e-1f);
    p = p.mul(m).add(1.1676998740e-1f);
    p = p.mul(m).sub(1.2420140846e-1f);
    p = p.mul(m).add(1.4249322787e-1f);
    p = p.mul(m).sub(1.6668057665e-1f);
    p = p.mul(m).add(2.0000714765e-1f);
    p = p.mul(m).sub(2.4999993993e-1f);
    p = p.mul(m).add(3.3333331174e-1f);
    FloatVector y = p.mul(m).mul(z).add(n.mul(-2.12194440e-4f)).sub(z.mul(0.5f));
    y = m.add(y).add(n.mul(0.693359375f));
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
