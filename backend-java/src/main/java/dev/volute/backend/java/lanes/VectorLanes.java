package dev.volute.backend.java.lanes;

import dev.volute.backend.java.plain.PlainLoops;
import dev.volute.backend.java.simd.Simd;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The functions of contiguous runs on vectors. */
public final class VectorLanes {
  /** The processor's widest vectors; everything here is written for any width. */
  static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;

  private VectorLanes() {}

  public static Simd simd() {
    return new Simd(
        "Vector API, " + FLOATS.vectorBitSize() + " bits",
        PlainLoops.simd().elementwise(),
        new VectorProducts());
  }
}
