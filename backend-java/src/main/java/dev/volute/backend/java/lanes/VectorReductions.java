package dev.volute.backend.java.lanes;

import dev.volute.backend.java.simd.FloatReductions;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Reductions on vectors, the last few elements one by one. */
final class VectorReductions implements FloatReductions {
  private static final VectorSpecies<Float> S = VectorLanes.FLOATS;
  private static final int L = S.length();

  @Override
  public float sum(int n, float[] x, int at) {
    FloatVector s0 = FloatVector.zero(S);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    int i = 0;
    for (; i <= n - 4 * L; i += 4 * L) {
      s0 = s0.add(FloatVector.fromArray(S, x, at + i));
      s1 = s1.add(FloatVector.fromArray(S, x, at + i + L));
      s2 = s2.add(FloatVector.fromArray(S, x, at + i + 2 * L));
      s3 = s3.add(FloatVector.fromArray(S, x, at + i + 3 * L));
    }
    for (; i <= n - L; i += L) {
      s0 = s0.add(FloatVector.fromArray(S, x, at + i));
    }
    float total = 0;
    for (; i < n; i++) {
      total += x[at + i];
    }
    return total + VectorLanes.sum(s0.add(s1).add(s2.add(s3)));
  }

  @Override
  public float max(int n, float[] x, int at) {
    float result = x[at];
    int i = 0;
    if (n >= L) {
      FloatVector most = FloatVector.fromArray(S, x, at);
      for (i = L; i <= n - L; i += L) {
        most = most.max(FloatVector.fromArray(S, x, at + i));
      }
      result = most.reduceLanes(VectorOperators.MAX);
    }
    for (; i < n; i++) {
      result = Math.max(result, x[at + i]);
    }
    return result;
  }

  @Override
  public float min(int n, float[] x, int at) {
    float result = x[at];
    int i = 0;
    if (n >= L) {
      FloatVector least = FloatVector.fromArray(S, x, at);
      for (i = L; i <= n - L; i += L) {
        least = least.min(FloatVector.fromArray(S, x, at + i));
      }
      result = least.reduceLanes(VectorOperators.MIN);
    }
    for (; i < n; i++) {
      result = Math.min(result, x[at + i]);
    }
    return result;
  }
}
