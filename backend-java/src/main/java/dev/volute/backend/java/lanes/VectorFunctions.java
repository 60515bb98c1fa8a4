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
  private static final FloatVector ONE = FloatVector.broadcast(S, 1f);

  private static final float ROUNDING = 12582912f;
  private static final float TANH_LIMIT = 7.90531110763549805f;

  private VectorFunctions() {}

  /** At most {@code limit}; NaN stays NaN. */
  private static FloatVector atMost(FloatVector x, float limit) {
    return x.blend(limit, x.compare(VectorOperators.GT, limit));
  }

  private static FloatVector atLeast(FloatVector x, float limit) {
    return x.blend(limit, x.compare(VectorOperators.LT, limit));
  }

  static FloatVector exp(FloatVector x) {
    FloatVector clamped = atLeast(atMost(x, 89f), -104f);
    FloatVector shifted = clamped.mul(1.44269504088896341f).add(ROUNDING);
    FloatVector whole = shifted.sub(ROUNDING);
    IntVector n = shifted.reinterpretAsInts().sub(Float.floatToRawIntBits(ROUNDING));
    FloatVector r = clamped.sub(whole.mul(0.693359375f)).add(whole.mul(2.12194440e-4f));
    FloatVector p = r.mul(1.9875691500e-4f).add(1.3981999507e-3f);
    p = p.mul(r).add(8.3334519073e-3f);
    p = p.mul(r).add(4.1665795894e-2f);
    p = p.mul(r).add(1.6666665459e-1f);
    p = p.mul(r).add(5.0000001201e-1f);
    p = p.mul(r.mul(r)).add(r).add(1f);
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
    FloatVector p = u.mul(-2.76076847742355e-16f).add(2.00018790482477e-13f);
    p = p.mul(u).add(-8.60467152213735e-11f);
    p = p.mul(u).add(5.12229709037114e-08f);
    p = p.mul(u).add(1.48572235717979e-05f);
    p = p.mul(u).add(6.37261928875436e-04f);
    p = p.mul(u).add(4.89352455891786e-03f);
    FloatVector q = u.mul(1.19825839466702e-06f).add(1.18534705686654e-04f);
    q = q.mul(u).add(2.26843463243900e-03f);
    q = q.mul(u).add(4.89352518554385e-03f);
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
