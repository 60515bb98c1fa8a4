package dev.volute.backend.java.lanes;

import dev.volute.backend.java.plain.PlainLoops;
import dev.volute.backend.java.simd.Simd;
import dev.volute.backend.java.simd.Uniform;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** The functions of contiguous runs on vectors. */
public final class VectorLanes {
  /** The processor's widest vectors; everything here is written for any width. */
  static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;

  /** As many ints as there are floats in a vector. */
  static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, FLOATS.vectorShape());

  /** Whether there are 32 registers; processors with vectors of 32 bytes may have 16. */
  static final boolean MANY_REGISTERS =
      FLOATS.length() >= 16 || System.getProperty("os.arch").equals("aarch64");

  private static final VectorShuffle<Float> BY_8 = rotation(8);
  private static final VectorShuffle<Float> BY_4 = rotation(4);
  private static final VectorShuffle<Float> BY_2 = rotation(2);
  private static final VectorShuffle<Float> BY_1 = rotation(1);

  private VectorLanes() {}

  private static VectorShuffle<Float> rotation(int lanes) {
    return VectorShuffle.iota(FLOATS, lanes % FLOATS.length(), 1, true);
  }

  /**
   * The sum of all lanes, by halves: the same bits from interpreted and from compiled code. {@code
   * reduceLanes} leaves the order open, and from JDK 23 on the compiler's differs from the
   * interpreter's.
   */
  static float sum(FloatVector lanes) {
    FloatVector sums = lanes;
    if (FLOATS.length() > 8) {
      sums = sums.add(sums.rearrange(BY_8));
    }
    if (FLOATS.length() > 4) {
      sums = sums.add(sums.rearrange(BY_4));
    }
    if (FLOATS.length() > 2) {
      sums = sums.add(sums.rearrange(BY_2));
    }
    return sums.add(sums.rearrange(BY_1)).lane(0);
  }

  public static Simd simd() {
    Simd plain = PlainLoops.simd();
    return new Simd(
        "Vector API, " + FLOATS.vectorBitSize() + " bits",
        new VectorElementwise(plain.elementwise()),
        new VectorReductions(),
        uniform(plain.uniform()),
        new VectorRows(),
        new VectorColumnFolds(),
        new VectorColumnScaling(),
        new VectorUpdates(plain.updates()),
        new VectorProducts(),
        new VectorWindowProducts(),
        new VectorPixelProducts(),
        new VectorDepthwiseProducts(plain.depthwiseProducts()),
        new VectorRunCopies(),
        new VectorWindowFolds(),
        new VectorQuadFolds(plain.quadFolds()),
        new VectorPixelFolds(plain.pixelFolds()),
        new VectorWinograd(),
        new VectorTileTransforms(),
        new VectorTileProducts(),
        new VectorGates(plain.gates()));
  }

  /** Products of longs, of which the random numbers are made, want AVX-512 or the like. */
  private static Uniform uniform(Uniform plain) {
    return FLOATS.vectorBitSize() >= 512 ? new VectorUniform(plain) : plain;
  }
}
