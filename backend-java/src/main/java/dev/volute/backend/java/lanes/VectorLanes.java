package dev.volute.backend.java.lanes;

import dev.volute.backend.java.plain.PlainLoops;
import dev.volute.backend.java.simd.Simd;
import dev.volute.backend.java.simd.Uniform;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The functions of contiguous runs on vectors. */
public final class VectorLanes {
  /** The processor's widest vectors; everything here is written for any width. */
  static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;

  /** As many ints as there are floats in a vector. */
  static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, FLOATS.vectorShape());

  private VectorLanes() {}

  public static Simd simd() {
    Simd plain = PlainLoops.simd();
    return new Simd(
        "Vector API, " + FLOATS.vectorBitSize() + " bits",
        new VectorElementwise(plain.elementwise()),
        new VectorReductions(),
        uniform(plain.uniform()),
        new VectorRows(),
        new VectorColumns(),
        new VectorUpdates(plain.updates()),
        new VectorProducts(),
        new VectorPixelProducts(),
        new VectorDepthwiseProducts(plain.depthwiseProducts()),
        new VectorRunCopies(),
        new VectorWindowFolds(),
        new VectorQuadFolds(plain.quadFolds()),
        new VectorPixelFolds(plain.pixelFolds()),
        new VectorWinograd(),
        new VectorGates(plain.gates()));
  }

  /** Products of longs, of which the random numbers are made, want AVX-512 or the like. */
  private static Uniform uniform(Uniform plain) {
    return FLOATS.vectorBitSize() >= 512 ? new VectorUniform(plain) : plain;
  }
}
