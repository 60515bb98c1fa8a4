package dev.volute.backend.java.plain;

import dev.volute.backend.java.simd.Simd;

/** The functions of contiguous runs as plain loops. */
public final class PlainLoops {
  private PlainLoops() {}

  public static Simd simd() {
    return new Simd(
        "plain loops",
        new PlainElementwise(),
        new PlainReductions(),
        new PlainUniform(),
        new PlainRows(),
        new PlainColumns(),
        new PlainColumns(),
        new PlainUpdates(),
        new PlainProducts(),
        new PlainWindowProducts(),
        new PlainPixelProducts(),
        new PlainDepthwiseProducts(),
        new PlainRunCopies(),
        new PlainWindowFolds(),
        new PlainQuadFolds(),
        new PlainPixelFolds(),
        new PlainWinograd(),
        new PlainTileTransforms(),
        new PlainTileProducts(),
        new PlainGates());
  }
}
