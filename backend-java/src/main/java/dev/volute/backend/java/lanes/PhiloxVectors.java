package dev.volute.backend.java.lanes;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Philox 4x32-10: as many blocks at a time as there are longs in a vector. A class by itself, since
 * vectors of longs are slow to load and predictions need no random numbers.
 */
final class PhiloxVectors {
  private static final VectorSpecies<Float> S = VectorLanes.FLOATS;
  private static final VectorSpecies<Long> LONGS = VectorSpecies.of(long.class, S.vectorShape());
  static final int BLOCKS = LONGS.length();

  private static final long MULTIPLIER_0 = 0xD2511F53L;
  private static final long MULTIPLIER_1 = 0xCD9E8D57L;
  private static final int WEYL_0 = 0x9E3779B9;
  private static final int WEYL_1 = 0xBB67AE85;
  private static final long LOW = 0xFFFFFFFFL;

  private static final LongVector COUNTING = LongVector.zero(LONGS).addIndex(1);

  // Pairs of numbers from two vectors in turn: of the first half, then of the second.
  private static final VectorShuffle<Float> FIRST_PAIRS = pairs(0);
  private static final VectorShuffle<Float> LAST_PAIRS = pairs(S.length() / 2);

  private static final VectorMask<Float> ODD_PAIRS = oddPairs();

  private PhiloxVectors() {}

  private static VectorShuffle<Float> pairs(int from) {
    return VectorShuffle.fromOp(S, lane -> from + lane / 4 * 2 + lane % 2);
  }

  private static VectorMask<Float> oddPairs() {
    boolean[] bits = new boolean[S.length()];
    for (int lane = 0; lane < bits.length; lane++) {
      bits[lane] = lane % 4 >= 2;
    }
    return VectorMask.fromValues(S, bits);
  }

  static void fill(long firstBlock, int stream, int step, int low, int high, float[] out, int at) {
    LongVector counter = COUNTING.add(firstBlock);
    LongVector c0 = counter.and(LOW);
    LongVector c1 = counter.lanewise(VectorOperators.LSHR, 32);
    LongVector c2 = LongVector.broadcast(LONGS, stream & LOW);
    LongVector c3 = LongVector.broadcast(LONGS, step & LOW);
    int k0 = low;
    int k1 = high;
    for (int round = 0; round < 10; round++) {
      LongVector product0 = c0.mul(MULTIPLIER_0);
      LongVector product1 = c2.mul(MULTIPLIER_1);
      c0 = product1.lanewise(VectorOperators.LSHR, 32).lanewise(VectorOperators.XOR, c1);
      c0 = c0.lanewise(VectorOperators.XOR, k0 & LOW);
      c2 = product0.lanewise(VectorOperators.LSHR, 32).lanewise(VectorOperators.XOR, c3);
      c2 = c2.lanewise(VectorOperators.XOR, k1 & LOW);
      c1 = product1.and(LOW);
      c3 = product0.and(LOW);
      k0 += WEYL_0;
      k1 += WEYL_1;
    }
    FloatVector front = units(c0, c1);
    FloatVector back = units(c2, c3);
    interleaved(front, back, FIRST_PAIRS).intoArray(out, at);
    interleaved(front, back, LAST_PAIRS).intoArray(out, at + S.length());
  }

  /** Pairs of numbers: the upper 24 bits of two words, times 2^-24. */
  private static FloatVector units(LongVector first, LongVector second) {
    IntVector words = second.lanewise(VectorOperators.LSHL, 32).or(first).reinterpretAsInts();
    IntVector upper = words.lanewise(VectorOperators.LSHR, 8);
    return ((FloatVector) upper.convert(VectorOperators.I2F, 0)).mul(0x1p-24f);
  }

  private static FloatVector interleaved(
      FloatVector front, FloatVector back, VectorShuffle<Float> pairs) {
    return front.rearrange(pairs).blend(back.rearrange(pairs), ODD_PAIRS);
  }
}
